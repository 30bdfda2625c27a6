// The fields of a field report: read as the server takes them, shown as it gives them.
// `changed` is called where a field changes without the browser saying so.
function reportFields(form, page, changed) {
  "use strict";
  const TEXTS = ["unit", "content", "link", "groups", "causes", "proposals", "attachments"];
  const CHOICES = ["topic", "place"]; // "" is no choice
  const PERHAPS = ["noted_at", "intensity"]; // null is none
  const TICKS = ["unverified", "urgent"];
  const $ = (id) => document.getElementById(id);
  const streams = $("streams");
  const noted = new Map(); // by field: the text that its note about masking speaks of

  const part = (block, name) => block.querySelector(`[data-part="${name}"]`);
  const readStream = (block) => ({
    text: part(block, "text").value,
    inclination: part(block, "inclination").value || null,
    width: part(block, "width").value || null,
  });
  const filledBlocks = () =>
    [...streams.children].filter((block) => {
      const stream = readStream(block);
      return stream.text.trim() || stream.inclination || stream.width;
    });

  function read() {
    const data = {};
    for (const name of [...TEXTS, ...CHOICES]) data[name] = $(name).value;
    for (const name of PERHAPS) data[name] = $(name).value || null;
    for (const name of TICKS) data[name] = form.elements[name].checked;
    data.origins = [...form.querySelectorAll("[name=origins]:checked")].map((box) => box.value);
    data.streams = filledBlocks().map(readStream);
    return data;
  }

  function put(field, value) {
    if (field === document.activeElement && field.matches("input, textarea")) return;
    if (field.tagName === "SELECT" && value && ![...field.options].some((o) => o.value === value)) {
      field.add(new Option(value, value)); // no longer in the catalogue, and still what was chosen
    }
    if (field.value !== value) field.value = value;
  }

  function show(data) {
    for (const name of [...TEXTS, ...CHOICES]) put($(name), data[name]);
    for (const name of PERHAPS) put($(name), data[name] || "");
    for (const name of TICKS) form.elements[name].checked = data[name];
    for (const box of form.querySelectorAll("[name=origins]")) {
      box.checked = data.origins.includes(box.value);
    }
    if (filledBlocks().length !== data.streams.length) {
      streams.replaceChildren();
      data.streams.forEach(addStream);
    }
    const blocks = data.streams.length ? filledBlocks() : [];
    (blocks.length ? blocks : [...streams.children]).forEach((block, at) => {
      const stream = data.streams[at];
      if (!stream) return;
      put(part(block, "text"), stream.text);
      put(part(block, "inclination"), stream.inclination || "");
      put(part(block, "width"), stream.width || "");
    });
    if (streams.children.length === 0) addStream();
    sayWhen();
  }

  function addStream(stream) {
    const block = $("stream").content.firstElementChild.cloneNode(true);
    streams.append(block);
    if (stream) {
      part(block, "text").value = stream.text;
      part(block, "inclination").value = stream.inclination || "";
      part(block, "width").value = stream.width || "";
    }
    block.querySelector(".remove").addEventListener("click", () => {
      block.remove();
      if (streams.children.length === 0) addStream();
      number();
      changed();
      $("add-stream").focus();
    });
    number();
    return block;
  }

  function number() {
    [...streams.children].forEach((block, at) => {
      block.querySelector(".title").textContent = `Luồng ý kiến ${at + 1}`;
      block.setAttribute("aria-label", `Luồng ý kiến ${at + 1}`);
    });
    $("add-stream").disabled = streams.children.length >= page.most_streams;
  }

  // Browsers write the date in the language of their own menus.
  function sayWhen() {
    const [, y, m, d, time] = $("noted_at").value.match(/^(\d+)-(\d+)-(\d+)T(\d+:\d+)/) ?? [];
    $("noted_at-words").textContent = time ? `${time} ngày ${d}/${m}/${y}` : "";
  }

  function showMasked(sent, answer) {
    const blocks = filledBlocks();
    const rows = TEXTS.map((name) => [
      name, form.querySelector(`[data-masked="${name}"]`), sent[name], answer.form[name],
    ]);
    sent.streams.forEach((stream, at) => {
      const note = blocks[at] && blocks[at].querySelector(".masked");
      const keptStream = answer.form.streams[at];
      if (note && keptStream) rows.push([`streams/${at}`, note, stream.text, keptStream.text]);
    });
    for (const [name, note, text, keptText] of rows) {
      const kinds = answer.masked[name];
      if (kinds) {
        note.textContent = `Đã che khi lưu: ${kinds.join(", ")}.`;
        noted.set(name, keptText);
      } else if (noted.get(name) !== text) {
        note.textContent = "";
      }
    }
  }

  function missing(data) {
    const whole = data.streams.every((one) => one.text.trim() && one.inclination && one.width);
    return page.required.filter((name) => {
      const value = data[name];
      if (name === "streams") return value.length === 0 || !whole;
      return Array.isArray(value) ? value.length === 0 : !String(value ?? "").trim();
    });
  }

  function mark() {
    const lacking = missing(read());
    for (const name of page.required) {
      const field = name === "streams" ? $("streams-field") : $(name);
      const lacks = lacking.includes(name);
      if (field.tagName === "FIELDSET") field.classList.toggle("lacks", lacks);
      else if (lacks) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (lacking.length) (lacking[0] === "streams" ? $("streams-field") : $(lacking[0])).focus();
  }

  $("noted_at").addEventListener("input", sayWhen);
  $("add-stream").addEventListener("click", () => {
    part(addStream(), "text").focus();
  });
  return { read, show, showMasked, mark };
}
