// Rooms × hours: arrow keys, starts inside a free stretch, the "Busy" note beside its block, moving by drag, the now line.
"use strict";
(() => {
  const MINUTE = 60_000;
  const GAP = ".tl td > a:not(.blk)";
  const TIMES = /\d{1,2}:\d\d(?:\s\S+?)?–\d{1,2}:\d\d(?:\s\S+)?$/;
  const two = (number) => String(number).padStart(2, "0");
  const clock = (minutes) => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  // As the server tells times: 14:00–14:30, or 2:00–2:30 PM with the halves of the day by their names.
  const told = (from, to) => {
    const halves = board().dataset.halves?.split("|");
    if (!halves) return `${clock(from)}–${clock(to)}`;
    const half = (minutes) => Math.floor(minutes / 720) % 2;
    const words = (minutes) => `${Math.floor(minutes / 60) % 12 || 12}:${two(minutes % 60)}`;
    return `${words(from)}${half(from) === half(to) ? "" : `\u00a0${halves[half(from)]}`}–${words(to)}\u00a0${halves[half(to)]}`;
  };
  const board = () => document.querySelector(".tl");
  const cells = (row) => [...row.querySelectorAll(".roomcell a, td > a, td > button")].filter((each) => each.offsetParent);
  const rows = () => [...board().querySelectorAll("tbody tr:not(.grp)")].filter((row) => cells(row).length);

  // One tab stop for the whole table; arrow keys move within.
  let kept = null;
  const reach = (element) => {
    for (const each of board().querySelectorAll("[tabindex='0']:not(.tl-scroll)")) each.tabIndex = -1;
    element.tabIndex = 0;
  };
  const go = (element) => { if (element) { reach(element); element.focus(); element.scrollIntoView({ block: "nearest", inline: "nearest" }); } };
  const rove = () => {
    const all = board().querySelectorAll("tbody a, tbody button");
    for (const each of all) each.tabIndex = -1;
    const first = board().parentElement.querySelector(GAP) ?? all[0];
    if (first) first.tabIndex = 0;
  };

  // A free stretch offers its first half hour; its other starts by arrow keys or under the pointer.
  const stretch = (gap) => {
    gap.dataset.first ??= gap.getAttribute("href");
    gap.dataset.times ??= gap.ariaLabel.match(TIMES)[0];
    const [, room, day, hour, minute] = gap.dataset.first.match(/book\/(\d+)\/(\d{8})T(\d\d)(\d\d)/);
    const start = Number(hour) * 60 + Number(minute);
    return { room, day, start, end: start + gap.parentElement.colSpan * 5 };
  };
  // Minutes since the day began, on the clock: on the day on which clocks change, hours after the change are called otherwise.
  const called = ({ day, start }, at) => {
    const [on, turn, by] = (board().dataset.turn ?? "").split(" ");
    return on === day && start < Number(turn) && at >= Number(turn) ? at + Number(by) : at;
  };
  const offer = (gap, wanted) => {
    const whole = stretch(gap);
    const { room, day, start, end } = whole;
    const last = Math.max(start, end - 30);
    const at = wanted <= start ? start : Math.min(Math.floor(wanted / 30) * 30, last);
    const from = called(whole, at);
    if (Number(gap.dataset.at ?? start) === at || from >= 1440) return false;
    gap.dataset.at = at;
    gap.href = `/book/${room}/${day}T${clock(from).replace(":", "")}`;
    gap.ariaLabel = gap.ariaLabel.replace(TIMES, told(from, called(whole, Math.min(at + 30, end))));
    gap.dataset.times = gap.ariaLabel.match(TIMES)[0];
    gap.style.paddingInlineStart = `calc(${((at - start) / (end - start)) * 100}% + 6px)`;
    return true;
  };
  const step = (gap, by) => {
    const { start, end } = stretch(gap);
    const at = Number(gap.dataset.at ?? start);
    const wanted = by > 0 ? Math.floor(at / 30) * 30 + 30 : Math.ceil(at / 30) * 30 - 30;
    if (wanted + 30 > end && by > 0) return false;
    return at > start || by > 0 ? offer(gap, wanted) : false;
  };
  document.addEventListener("pointermove", (event) => {
    const gap = event.target.closest?.(GAP);
    if (!gap || event.pointerType === "touch" || matchMedia("(max-width: 700px)").matches) return;
    const box = gap.getBoundingClientRect();
    const { start, end } = stretch(gap);
    const share = (event.clientX - box.left) / box.width;
    offer(gap, start + (getComputedStyle(gap).direction === "rtl" ? 1 - share : share) * (end - start));
  });

  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(".tl tbody a, .tl tbody button");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = here.closest("tr");
    const along = cells(row);
    const forward = getComputedStyle(here).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const by = { [forward]: 1, [forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight"]: -1 }[event.key];
    if (by) {
      event.preventDefault();
      if (here.matches(GAP) && step(here, by)) return;
      const order = along.toSorted((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
      go(order[order.indexOf(here) + (forward === "ArrowRight" ? by : -by)]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = rows();
      const next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      const middle = (element) => { const box = element.getBoundingClientRect(); return [box.left, box.right]; };
      const [left] = middle(here);
      const distance = (element) => { const [from, to] = middle(element); return left < from ? from - left : left >= to ? left - to + 1 : 0; };
      go(cells(next).reduce((best, each) => (distance(each) < distance(best) ? each : best)));
    } else if (event.key === "Home" || event.key === "End") {
      event.preventDefault();
      go(event.key === "Home" ? along[0] : along.at(-1));
    }
  });
  document.addEventListener("focusin", (event) => {
    const here = event.target.closest?.(".tl tbody a, .tl tbody button");
    if (here) { reach(here); kept = key(here); if (here.matches(GAP)) stretch(here); }
    const note = document.getElementById("busy");
    if (note?.matches(":popover-open") && !event.target.closest("#busy, .b-masked")) note.hidePopover();
    if (event.target.matches?.(".b-masked")) explain(event.target);
  });

  // The note about a masked event stands beside it, inside the window.
  const explain = (block) => {
    const note = document.getElementById("busy");
    if (!note) return;
    if (!note.matches(":popover-open")) note.showPopover({ source: block });
    const box = block.getBoundingClientRect();
    const size = note.getBoundingClientRect();
    const below = box.bottom + 6 + size.height < innerHeight;
    note.style.inset = "auto";
    note.style.margin = "0";
    note.style.left = `${Math.max(8, Math.min(box.left, innerWidth - size.width - 8))}px`;
    note.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - size.height - 6)}px`;
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "busy" && event.newState === "open" && document.activeElement?.matches(".b-masked")) explain(document.activeElement);
  }, true);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const block = event.target.closest?.(".b-masked");
    const note = document.getElementById("busy");
    if (block?.closest(".tl")) explain(block);
    else if (note?.matches(":popover-open") && !event.target.closest?.("#busy") && !document.activeElement?.matches(".b-masked")) note.hidePopover();
  });

  // Moving one's own booking by drag ends on the page that asks before anything is changed.
  let drag = null;
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".mv")) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    const block = event.target.closest?.(".mv");
    if (!block || event.button !== 0 || event.pointerType === "touch") return;
    drag = { block, x: event.clientX, y: event.clientY, under: false };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.under && Math.hypot(dx, dy) < 6) return;
    drag.under = true;
    drag.block.classList.add("is-moving");
    drag.block.style.translate = `${Math.round(dx / fifteen()) * fifteen()}px ${dy}px`;
  });
  const fifteen = () => {
    const width = board().querySelector("thead th:nth-child(2)").getBoundingClientRect().width;
    return width / 4;
  };
  const drop = (event) => {
    if (!drag) return;
    const { block, under, x, y } = drag;
    drag = null;
    block.classList.remove("is-moving");
    block.style.translate = "";
    if (!under) return;
    const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
    block.addEventListener("click", stop, { capture: true });
    setTimeout(() => block.removeEventListener("click", stop, { capture: true }), 0);
    const quarters = Math.round((event.clientX - x) / fifteen());
    const target = [...board().querySelectorAll("tbody tr:not(.grp)")].find((row) => { const box = row.getBoundingClientRect(); return event.clientY >= box.top && event.clientY < box.bottom; });
    const own = block.closest("tr");
    const room = Math.abs(event.clientY - y) > own.offsetHeight / 2 && target && target !== own ? target.querySelector(".roomcell a")?.getAttribute("href").split("/").pop() : "";
    if (!quarters && !room) return;
    location.href = `${block.getAttribute("href")}/change?by=${quarters * 15}${room ? `&room=${room}` : ""}`;
  };
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", () => { if (drag) { drag.block.style.translate = ""; drag.block.classList.remove("is-moving"); drag = null; } });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) { drag.block.style.translate = ""; drag.block.classList.remove("is-moving"); drag = null; } });

  // What is sent anew keeps the focus and the place; the now line moves by itself.
  const key = (element) => element.dataset.first ?? element.getAttribute("href") ?? element.textContent;
  const settle = (isFirst) => {
    const tl = board();
    if (!tl) return;
    const scroll = tl.parentElement;
    tl.style.setProperty("--hours", tl.dataset.hours);
    if (tl.dataset.now) tl.style.setProperty("--now", tl.dataset.now);
    else tl.style.setProperty("--now", isFirst ? getComputedStyle(tl).getPropertyValue("--now") : tl.dataset.past ?? "0");
    rove();
    if (isFirst && tl.dataset.now) {
      const line = tl.querySelector(".now");
      scroll.scrollLeft = Math.max(0, line.offsetLeft - scroll.clientWidth / 3);
    }
    tl.dataset.began = Date.now();
  };
  let place = 0;
  let offered;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "board") return;
    if (drag) { event.detail.shouldSwap = false; return; }
    place = document.querySelector(".tl-scroll")?.scrollLeft ?? 0;
    const here = document.activeElement?.closest?.(".tl tbody") ? document.activeElement : null;
    kept = here && key(here);
    offered = here?.dataset.at;
  });
  document.addEventListener("htmx:afterSettle", () => {
    settle(false);
    const scroll = document.querySelector(".tl-scroll");
    if (scroll) scroll.scrollLeft = place;
    if (kept !== null) {
      const same = [...(board()?.querySelectorAll("tbody a, tbody button") ?? [])].find((each) => key(each) === kept);
      if (same) {
        if (offered !== undefined) offer(same, Number(offered));
        reach(same);
        same.focus({ preventScroll: true });
      }
    }
  });
  document.addEventListener("DOMContentLoaded", () => settle(true));
  setInterval(() => { const part = document.getElementById("board"); if (part && board()?.dataset.now && !document.hidden) htmx.trigger(part, "live"); }, MINUTE);
})();
