// Comforts on top of pages that work without scripts: copying, menus, live parts, offline, the viewer's zone.
"use strict";
(() => {
  const say = (words) => { const box = document.getElementById("said"); if (box) { box.textContent = ""; box.textContent = words; } };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      const source = document.getElementById(button.dataset.copy);
      try { await navigator.clipboard.writeText(source.innerText); } catch { getSelection().selectAllChildren(source); return; }
      const label = button.querySelector("[data-copied]");
      if (label) {
        const before = label.textContent;
        label.textContent = label.dataset.copied;
        say(label.dataset.copied);
        setTimeout(() => { label.textContent = before; }, 1500);
      }
      return;
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-print]")) print();
    const dismiss = event.target.closest("[data-close-dialog]");
    if (dismiss) dismiss.closest("dialog")?.close();
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) { const dialog = document.getElementById(opener.dataset.openDialog); if (dialog) { event.preventDefault(); dialog.showModal(); } }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // A form that sends itself when a filter changes.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("form[data-auto]")) return;
    for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
  });

  // Live parts: <div data-live="/live?topic=…" hx-get="…" hx-trigger="live"> is fetched again when the server says so.
  const feeds = new Map();
  const listen = () => {
    for (const part of document.querySelectorAll("[data-live]")) {
      const address = part.dataset.live;
      if (feeds.has(address)) continue;
      const feed = new EventSource(address);
      feeds.set(address, feed);
      feed.onmessage = () => {
        const parts = document.querySelectorAll(`[data-live="${CSS.escape(address)}"]`);
        if (!parts.length) { feed.close(); feeds.delete(address); return; }
        for (const each of parts) htmx.trigger(each, "live");
      };
    }
  };
  document.addEventListener("DOMContentLoaded", listen);
  document.addEventListener("htmx:afterSettle", listen);
  addEventListener("pagehide", () => { for (const feed of feeds.values()) feed.close(); feeds.clear(); });

  // A live part that is fetched again keeps what the reader had unfolded.
  const unfolded = new Set();
  document.addEventListener("htmx:beforeSwap", (event) => {
    unfolded.clear();
    for (const each of event.detail.target.querySelectorAll("details[id][open]")) unfolded.add(each.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of unfolded) { const each = document.getElementById(id); if (each) each.open = true; }
    unfolded.clear();
  });

  // On a phone the places of Settings stand in one row: the present one is brought into view.
  document.addEventListener("DOMContentLoaded", () => {
    const here = document.querySelector(".side a[aria-current]");
    const row = here?.closest("ul");
    if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  });

  const offline = () => { for (const box of document.querySelectorAll("[data-offline]")) box.hidden = navigator.onLine; };
  addEventListener("online", offline);
  addEventListener("offline", offline);
  document.addEventListener("DOMContentLoaded", offline);

  // The server may prefill the viewer's time zone where it does not know it yet.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes("rs_zone=")) document.cookie = `rs_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
})();
