// The form of a field report. What is typed is kept on this browser at each keystroke, and sent to
// the server a moment after; the copy here goes once the server has it.
//
// `pending` is what was sent and not answered yet. It is sent again, the same, until an answer
// comes: the server takes a thing twice without harm. Only then goes what was typed since, with
// the version that the answer gave. So a lost answer is never taken for somebody else's change.
(() => {
  "use strict";
  const page = JSON.parse(document.getElementById("data").textContent);
  const KEY = `langnghe.phieu/${document.currentScript.dataset.account}/${page.id}`;
  const LEFT = "langnghe.da-dang-xuat";
  const PAUSE = 1500; // milliseconds without typing until it is sent
  const PATIENCE = 15000; // for an answer
  const AGAIN = [3000, 6000, 12000, 30000];
  const KEEPALIVE_BYTES = 50000; // browsers take 64 KiB of what may outlive its page

  const $ = (id) => document.getElementById(id);
  const form = $("report");
  const { read, show, showMasked, mark } = reportFields(form, page, typed);
  let version = page.version;
  let saved = page.saved; // when, in words
  let dirty = false; // there is something here that the server has not got
  let pending = null;
  let running = null;
  let stopped = false; // until somebody chooses, or for good
  let kept = null; // the form as the server keeps it, shown as soon as a field is left
  let timer = 0;
  let failures = 0;

  // --- What stands where, in words --------------------------------------------------------

  function say(words, lost = false) {
    const status = $("status");
    status.className = lost ? "lost" : "";
    if (status.textContent !== words) status.textContent = words;
  }

  function sayRefused(words) {
    $("refused").textContent = words;
    $("refused").hidden = !words;
  }

  function saySaved(when) {
    saved = when;
    say(when ? `Đã lưu lúc ${when}.` : "Chưa nhập gì.");
  }

  // --- On this browser --------------------------------------------------------------------

  function keep() {
    try {
      if (dirty || pending) {
        const entry = { address: page.address, form: read(), version, pending };
        localStorage.setItem(KEY, JSON.stringify(entry));
      } else {
        localStorage.removeItem(KEY);
      }
      return true;
    } catch {
      return false;
    }
  }

  function keptHere() {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  // --- To the server ----------------------------------------------------------------------

  function ask(what) {
    const body = what && JSON.stringify({ id: page.id, version, ...what });
    return fetch(page.address, {
      method: body ? "POST" : "GET",
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body,
      keepalive: Boolean(body) && body.length * 3 < KEEPALIVE_BYTES,
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(push, pause);
  }

  function typed() {
    if (stopped) return;
    dirty = true;
    kept = null;
    const safe = keep();
    if (failures === 0) {
      say(safe ? "Đang giữ trên máy này, sắp lưu lên máy chủ…"
               : "Chưa lưu: trình duyệt này không giữ được bản nháp, đừng đóng trang.", !safe);
      later(PAUSE);
    }
  }

  // One request; true if the server has kept what it was sent.
  function push() {
    clearTimeout(timer);
    if (stopped) return Promise.resolve(false);
    running ??= send().finally(() => { running = null; });
    return running;
  }

  async function flush() {
    if (running) await running;
    while (!stopped && (dirty || pending)) if (!(await push())) return false;
    return !stopped;
  }

  async function send() {
    const sent = pending ?? read();
    pending = sent;
    keep();
    say("Đang lưu…");
    const answer = await answered(() => ask({ do: "save", form: sent }));
    if (!answer) return false;
    pending = null;
    if (!answer.ok) {
      keep();
      return false;
    }
    version = answer.data.version;
    showMasked(sent, answer.data);
    dirty = JSON.stringify(read()) !== JSON.stringify(sent);
    keep();
    if (dirty) {
      later(PAUSE);
    } else {
      kept = answer.data.form;
      show(kept);
      saySaved(answer.data.saved);
    }
    return true;
  }

  // The answer, if the server has given one to this form; says why where it has not, or refuses.
  async function answered(request) {
    let response, data;
    try {
      response = await request();
      if (response.status >= 500) throw new Error(String(response.status));
      if (response.status !== 401) data = await response.json();
    } catch {
      const pause = AGAIN[Math.min(failures, AGAIN.length - 1)];
      failures += 1;
      say("Mất kết nối: vẫn giữ trên máy này, sẽ tự lưu khi có mạng lại.", true);
      later(pause);
      return null;
    }
    failures = 0;
    if (response.status === 401) {
      say("Phiên làm việc đã kết thúc: vẫn giữ trên máy này. ", true);
      const link = document.createElement("a");
      link.href = `${page.login}?next=${encodeURIComponent(page.address)}`;
      link.textContent = "Đăng nhập lại để lưu";
      $("status").append(link);
      return null;
    }
    if (response.status === 403) close(data.wrong);
    else if (response.status === 409) choose(data);
    else if (!response.ok) {
      sayRefused(data.wrong);
      say("Chưa lưu lên máy chủ; vẫn giữ trên máy này.", true);
    } else sayRefused("");
    return { ok: response.ok, data };
  }

  // Looks whether another device or window has saved something newer.
  async function refresh() {
    if (stopped || dirty || pending || running) return;
    let response;
    try {
      response = await ask();
    } catch {
      return; // Nothing here waits for it.
    }
    if (response.status === 403) close((await response.json()).wrong);
    if (!response.ok || dirty) return;
    const data = await response.json();
    if (data.id !== page.id) close("Trình duyệt này vừa đăng nhập bằng tài khoản khác.");
    else if (!data.open) location.replace(page.view);
    else if (data.form && data.version !== version) {
      version = data.version;
      kept = data.form;
      show(kept);
      saySaved(data.saved);
    }
  }

  // Whoever uses this browser now may not have this form: nothing of it stays to be seen.
  function close(words) {
    stopped = true;
    form.remove();
    $("conflict").hidden = false;
    $("conflict").replaceChildren(words);
  }

  // --- Two versions -----------------------------------------------------------------------

  function choose(theirs) {
    stopped = true;
    const panel = $("conflict");
    const [title, words] = [panel.querySelector("h2"), panel.querySelector("p")];
    const [mine, other] = [$("keep-mine"), $("take-theirs")];
    if (theirs.open) {
      title.textContent = "Có hai bản khác nhau của phiếu này";
      words.textContent = `Phiếu đã được sửa ở máy hoặc cửa sổ khác, lưu lúc ${theirs.saved}. ` +
        "Bản đang hiện bên dưới là bản trên máy này, chưa lưu lên máy chủ.";
      mine.textContent = "Lưu bản đang hiện";
      other.textContent = "Lấy bản đã lưu";
      mine.onclick = () => go({ version: theirs.version });
      other.onclick = () => go({ version: theirs.version, take: theirs });
    } else {
      title.textContent = "Phiếu này đã gửi, không sửa được nữa";
      words.textContent = "Bên dưới là phần còn trên máy này, không có trong phiếu đã gửi.";
      mine.textContent = "Lập phiếu mới từ bản đang hiện";
      other.textContent = "Bỏ bản đang hiện";
      mine.onclick = copyToNew;
      other.onclick = () => {
        localStorage.removeItem(KEY);
        location.replace(page.view);
      };
    }
    panel.hidden = false;
    panel.scrollIntoView({ block: "center" });
    say("Chưa lưu lên máy chủ; vẫn giữ trên máy này.", true);
  }

  function go(chosen) {
    $("conflict").hidden = true;
    stopped = false;
    version = chosen.version;
    pending = null;
    dirty = !chosen.take;
    if (chosen.take) {
      show(chosen.take.form);
      saySaved(chosen.take.saved);
    }
    keep();
    if (dirty) push();
  }

  async function copyToNew() {
    const headers = { Accept: "application/json" };
    const fresh = await fetch(page.new, { headers }).catch(() => null);
    if (!fresh || !fresh.ok) {
      say("Mất kết nối: vẫn giữ trên máy này. Hãy bấm lại khi có mạng.", true);
      return;
    }
    const { pathname, search } = new URL(fresh.url);
    const address = pathname + search;
    const { id } = await fresh.json();
    const entry = { address, form: read(), version: null, pending: null };
    localStorage.setItem(KEY.replace(page.id, id), JSON.stringify(entry));
    localStorage.removeItem(KEY);
    location.replace(address);
  }

  // --- Handing in -------------------------------------------------------------------------

  async function submit() {
    if (version === null) dirty = true;
    if (!(await flush())) return;
    say("Đang gửi…");
    const answer = await answered(() => ask({ do: "submit" }));
    if (!answer) {
      clearTimeout(timer);
      sayRefused("Chưa biết phiếu đã gửi được chưa. Hãy bấm «Gửi phiếu» lại khi có mạng; " +
        "phiếu không bị gửi hai lần.");
    } else if (answer.ok) {
      stopped = true;
      location.assign(page.view);
    } else if (!stopped) {
      saySaved(saved);
      mark();
    }
  }

  // --- Beginning --------------------------------------------------------------------------

  form.addEventListener("input", typed);
  form.addEventListener("focusout", () => setTimeout(() => {
    if (!dirty && kept) show(kept);
  }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    $("submit").disabled = true;
    await submit();
    $("submit").disabled = false;
  });
  $("back").addEventListener("click", async (event) => {
    if (stopped || !(dirty || pending)) return;
    event.preventDefault();
    await Promise.race([flush(), new Promise((done) => setTimeout(done, 3000))]);
    location.assign(event.target.href);
  });
  addEventListener("online", () => (dirty || pending) && push());
  addEventListener("pageshow", (event) => event.persisted && refresh());
  document.addEventListener("visibilitychange", () => {
    if (dirty || pending) push();
    else if (document.visibilityState === "visible") refresh();
  });
  addEventListener("storage", (event) => {
    if (event.key === LEFT && event.newValue) {
      close("Đã đăng xuất.");
      location.replace(page.login);
    } else if (event.key === KEY && !stopped) {
      const entry = event.newValue && keptHere();
      // Another window of this browser types in it, or has saved it.
      dirty = Boolean(entry);
      pending = entry ? entry.pending : null;
      if (entry) {
        version = entry.version;
        show(entry.form);
        say("Đang nhập ở cửa sổ khác.");
      } else {
        refresh();
      }
    }
  });

  const entry = keptHere();
  show(entry ? entry.form : page.form);
  form.hidden = false;
  if (entry) {
    ({ version, pending } = entry);
    dirty = true;
  }
  if (page.open) {
    saySaved(page.saved);
    if (entry) push();
  } else if (entry) {
    choose(page);
  } else {
    location.replace(page.view);
  }
})();
