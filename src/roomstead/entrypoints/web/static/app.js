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
    if (form && event.target !== typing && !event.target.matches("[hx-get]")) form.requestSubmit(); // those ask by themselves
  });
  // Another day is another page. One that is typed counts once it is typed to its end.
  let typing = null;
  const day = (form) => form.matches("form[data-auto]") && form.elements.day;
  document.addEventListener("keydown", (event) => { if (event.target.type === "date" && event.key !== "Tab") typing = event.target; });
  document.addEventListener("focusout", (event) => {
    if (event.target !== typing) return;
    typing = null;
    const form = event.target.closest("form[data-auto]");
    if (form && event.target.value !== event.target.defaultValue) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const other = day(event.target);
    if (!other || other.value === other.defaultValue) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.submit();
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.closest("form[data-auto]")) return;
    for (const [name, value] of [...event.detail.formData]) if (!value) event.detail.formData.delete(name);
  });

  // Roomstead out of reach: said once, until it answers again; then what is shown is fetched anew.
  const PATIENCE = 10_000;
  const missed = new Set();
  let isAway = false;
  let isUnsent = false;
  let lostAt = 0;
  let again;
  const tell = (name) => {
    const box = document.querySelector(".offline");
    if (!box) return;
    const [place, way] = box.children;
    const words = name ? box.dataset[name] : "";
    if (words && words !== place.textContent) say(words);
    place.textContent = words;
    way.hidden = name !== "ended";
    box.hidden = !words;
  };
  const lost = () => {
    if (!isAway) lostAt = performance.now();
    isAway = true;
    tell(isUnsent ? "unsent" : navigator.onLine ? "gone" : "offline");
    clearTimeout(again);
    again = setTimeout(look, PATIENCE * (0.4 + Math.random() / 2));
  };
  const found = () => {
    if (!isAway) return;
    isAway = false;
    clearTimeout(again);
    tell(isUnsent ? "back" : "");
    isUnsent = false;
  };
  // "yes"; "no": it does not answer; "slow": it takes its time; "ended": it answers, and somebody else or nobody is signed in.
  const reached = async () => {
    const me = document.querySelector(".me");
    try {
      const options = { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
      const answer = await fetch(me ? "/live/me" : "/healthz", options);
      if (answer.status >= 500) return "no";
      if (!me) return "yes";
      if (answer.headers.get("X-Person") !== me.dataset.person) return "ended";
      for (const each of document.querySelectorAll("input[name=csrf]")) each.value = answer.headers.get("X-CSRF-Token");
      return "yes";
    } catch (error) { return error.name === "TimeoutError" ? "slow" : "no"; }
  };
  const look = async () => { if (["no", "slow"].includes(await reached())) lost(); else retry(); };
  const retry = () => {
    listen();
    const parts = document.querySelectorAll("[data-live]");
    const forms = [...missed].filter((each) => each.isConnected && each.closest("form"));
    missed.clear();
    if (!parts.length && !forms.length) found();
    for (const each of forms) {
      if (each.matches("form")) htmx.trigger(each, "submit");
      else each.closest("form").dispatchEvent(new CustomEvent("form-changed", { bubbles: true }));
    }
    for (const each of parts) htmx.trigger(each, "live");
  };
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failed, (event) => {
    missed.add(event.detail.elt);
    lost();
  });
  // One answer does not make up for another: what was missed is fetched again first.
  // Nor does one to what was asked before: it was on its way already.
  const askedAt = new WeakMap();
  document.addEventListener("htmx:beforeSend", (event) => askedAt.set(event.detail.xhr, performance.now()));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful || askedAt.get(event.detail.xhr) < lostAt) return;
    missed.delete(event.detail.elt);
    if (![...missed].some((each) => each.isConnected)) found();
  });
  // Where something is being typed, an ended session leads nowhere else.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")?.startsWith("/sign-in") || !document.querySelector("form.form")) return;
    event.preventDefault();
    tell("ended");
  });
  addEventListener("online", look);
  addEventListener("offline", lost);
  document.addEventListener("DOMContentLoaded", () => { if (!navigator.onLine) lost(); });

  // A form is sent once Roomstead answers: the browser's own page about an error would take away what was typed.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter: button } = event;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sure) { delete form.dataset.sure; return; }
    event.preventDefault();
    if (form.dataset.waits) return;
    form.dataset.waits = "yes";
    button?.setAttribute("aria-busy", "true");
    const answer = await reached();
    delete form.dataset.waits;
    if (answer === "no" || answer === "ended") {
      button?.removeAttribute("aria-busy");
      if (answer === "ended") { tell("ended"); return; }
      isUnsent = true;
      lost();
      return;
    }
    form.dataset.sure = "yes";
    form.requestSubmit(button?.form === form ? button : null); // the button may have been drawn anew meanwhile
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const each of document.querySelectorAll("[aria-busy]")) each.removeAttribute("aria-busy");
    isAway = true;
    look();
  });

  // Live parts: <div data-live="/live?topic=…" hx-get="…" hx-trigger="live"> is fetched again when the server says so,
  // and when it could not say so for a while.
  const feeds = new Map();
  let overdue;
  const listen = () => {
    for (const part of document.querySelectorAll("[data-live]")) {
      const address = part.dataset.live;
      if (feeds.has(address)) continue;
      const feed = new EventSource(address);
      feeds.set(address, feed);
      const news = () => {
        const parts = document.querySelectorAll(`[data-live="${CSS.escape(address)}"]`);
        if (!parts.length) { feed.close(); feeds.delete(address); return; }
        for (const each of parts) htmx.trigger(each, "live");
      };
      let wasLost = false;
      feed.onmessage = news;
      feed.onopen = () => {
        clearTimeout(overdue);
        overdue = undefined;
        if (isAway) retry();
        else if (wasLost) setTimeout(news, Math.random() * 2_000);
        wasLost = false;
      };
      feed.onerror = () => {
        wasLost = true;
        if (feed.readyState === EventSource.CLOSED) feeds.delete(address);
        overdue ??= setTimeout(async () => { overdue = undefined; if (await reached() === "no") lost(); else listen(); }, PATIENCE);
      };
    }
  };
  document.addEventListener("DOMContentLoaded", listen);
  document.addEventListener("htmx:afterSettle", listen);
  addEventListener("pagehide", () => { clearTimeout(overdue); overdue = undefined; for (const feed of feeds.values()) feed.close(); feeds.clear(); });

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

  // The server tells times by this browser's clock, also after a journey; what it has told by another one is told anew.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const kept = `rs_zone=${encodeURIComponent(zone)}`;
  if (zone && !document.cookie.split("; ").includes(kept)) {
    document.cookie = `${kept}; path=/; max-age=31536000; samesite=lax`;
    if (document.documentElement.dataset.zone !== zone) document.addEventListener("DOMContentLoaded", () => { for (const part of document.querySelectorAll("[data-live], #door")) htmx.trigger(part, "live"); });
  }
})();
