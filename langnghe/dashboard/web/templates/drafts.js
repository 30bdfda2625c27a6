// Drafts of field reports that this browser keeps until the server has them (report.js).
// Runs on every page: a shared computer keeps no draft but those of the account that it was
// given as data-account; without one (somebody has logged out) it keeps none.
(() => {
  "use strict";
  const PREFIX = "langnghe.phieu/";
  const LEFT = "langnghe.da-dang-xuat";
  const { account, report } = document.currentScript.dataset;
  const mine = [];
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
      if (account && key.startsWith(`${PREFIX}${account}/`)) mine.push(key);
      else localStorage.removeItem(key);
    }
    if (!account) {
      // Other windows with a form still open hear of it and close it.
      localStorage.setItem(LEFT, "1");
      localStorage.removeItem(LEFT);
    }
  } catch {
    return; // The browser keeps nothing for pages, hence no drafts either.
  }
  const waiting = mine.filter((key) => !report || !key.endsWith(`/${report}`));
  if (waiting.length === 0) return;
  const note = document.createElement("aside");
  note.className = "ln-kept";
  note.setAttribute("aria-label", "Phiếu còn giữ trên máy này");
  note.append(`Máy này còn giữ ${waiting.length} phiếu phản ánh chưa lưu lên máy chủ. `);
  for (const key of waiting) {
    const link = document.createElement("a");
    try {
      link.href = JSON.parse(localStorage.getItem(key)).address;
    } catch {
      continue;
    }
    link.textContent = "Mở để lưu";
    note.append(link, " ");
  }
  const later = document.createElement("button");
  later.type = "button";
  later.textContent = "Để sau";
  later.addEventListener("click", () => note.remove());
  note.append(later);
  document.body.append(note);
})();
