// The booking form: people as chips, and news of what booking would do whenever something in it changes.
"use strict";
(() => {
  const changed = (element) => element.closest("form")?.dispatchEvent(new CustomEvent("form-changed", { bubbles: true }));
  const split = (text) => text.split(/[;\n]|,(?=[^<]*@)/).map((each) => each.trim()).filter(Boolean);
  const shown = (typed) => typed.match(/^\s*([^<>]+?)\s*<[^<>]+>\s*$/)?.[1] ?? typed;
  const address = (typed) => (typed.match(/<([^<>]+)>/)?.[1] ?? typed).trim().toLowerCase();

  const chip = (box, typed) => {
    const made = document.createElement("span");
    made.className = "chip";
    made.dataset.address = address(typed);
    const words = document.createElement("span");
    words.textContent = shown(typed);
    words.title = typed;
    const kept = document.createElement("input");
    kept.type = "hidden"; kept.name = "person"; kept.value = typed;
    const remove = document.createElement("button");
    remove.type = "button"; remove.textContent = "×";
    remove.setAttribute("aria-label", box.dataset.remove.replace("{name}", shown(typed)));
    remove.addEventListener("click", () => { const input = box.querySelector("input:not([type=hidden])"); made.remove(); input.focus(); changed(box); });
    made.append(words, kept, remove);
    return made;
  };
  const take = (box) => {
    const input = box.querySelector("input:not([type=hidden])");
    const known = new Set([...box.querySelectorAll(".chip")].map((each) => each.dataset.address));
    for (const typed of split(input.value)) if (!known.has(address(typed))) { known.add(address(typed)); input.before(chip(box, typed)); }
    input.value = "";
  };
  const prepare = (root) => {
    for (const box of root.querySelectorAll("[data-chips]:not([data-ready])")) {
      box.dataset.ready = "";
      const input = box.querySelector("input");
      const isWrong = input.getAttribute("aria-invalid") === "true";
      if (!isWrong) take(box);
      input.addEventListener("keydown", (event) => {
        if ((event.key === "Enter" || event.key === ";" || event.key === ",") && input.value.trim()) { event.preventDefault(); take(box); corrected(input); changed(box); }
        else if (event.key === "Enter") event.preventDefault();
        else if (event.key === "Backspace" && !input.value) { const last = [...box.querySelectorAll(".chip")].at(-1); if (last) { last.remove(); changed(box); } }
      });
      input.addEventListener("input", (event) => {
        const chosen = event.inputType === "insertReplacementText" || event.inputType === undefined;
        if (chosen && [...(input.list?.options ?? [])].some((option) => option.value === input.value)) { take(box); changed(box); }
      });
      input.addEventListener("blur", () => { if (input.value.includes("@")) { take(box); changed(box); } });
      box.addEventListener("click", (event) => { if (event.target === box) input.focus(); });
      box.closest("form").addEventListener("submit", () => take(box));
    }
  };
  const mark = () => {
    const outside = new Set((document.querySelector("#prospect [data-outside]")?.dataset.outside ?? "").split(" ").filter(Boolean));
    for (const box of document.querySelectorAll("[data-chips]")) for (const each of box.querySelectorAll(".chip")) {
      each.querySelector(".out")?.remove();
      if (outside.has(each.dataset.address)) {
        const word = document.createElement("span");
        word.className = "out"; word.textContent = box.dataset.outside;
        each.querySelector("button").before(word);
      }
    }
  };
  document.addEventListener("click", (event) => {
    const hit = event.target.closest(".hit-link");
    if (!hit) return;
    for (const each of document.querySelectorAll(".hit-link[aria-current]")) each.removeAttribute("aria-current");
    hit.setAttribute("aria-current", "true");
    chosen = { byKeyboard: event.detail === 0 };
  });
  // A room is chosen: on a narrow screen the form is brought into view; by keyboard one goes on to it, not through all rooms.
  let chosen = null;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!chosen || event.target.id !== "book-form") return;
    const form = event.target;
    if (form.getBoundingClientRect().top > innerHeight * 0.6) form.scrollIntoView({ block: "start" });
    if (chosen.byKeyboard) form.elements.title.focus();
    chosen = null;
  });
  // What the page said of a field holds no more once the field is changed.
  const corrected = (field) => {
    document.getElementById(`e-${field.id.replace(/^f-/, "")}`)?.remove();
    field.removeAttribute("aria-invalid");
    for (const each of [field, ...(field.closest(".field")?.querySelectorAll(".is-wrong") ?? [])]) each.classList.remove("is-wrong");
    if (["day", "time", "minutes", "room"].includes(field.name)) document.getElementById("move")?.remove();
  };
  document.addEventListener("change", (event) => {
    if (event.target.closest("#book-form, .form") && event.target.id) corrected(event.target);
    if (event.target.closest("[data-preview]")) changed(event.target);
  });
  document.addEventListener("DOMContentLoaded", () => { prepare(document); mark(); });
  document.addEventListener("htmx:afterSettle", () => { prepare(document); mark(); });
})();
