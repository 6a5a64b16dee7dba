// The explorer works without this file. It adds the theme, cards of names, zooming by the pointer
// and copying of addresses.
"use strict";

const root = document.documentElement;

function remembered() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

const theme = remembered();
if (theme) root.dataset.theme = theme;

function addTheme() {
  const button = document.querySelector("button.theme");
  button.hidden = false;
  button.addEventListener("click", () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered */ }
  });
}

// The card of a name: its entry in the list of names, or else that of the service.
function addCards() {
  const entries = new Map();
  const card = document.createElement("div");
  card.className = "popup";
  card.hidden = true;
  card.setAttribute("aria-hidden", "true");
  document.body.append(card);

  async function entryOf(link) {
    const id = link.pathname.split("/").pop();
    const listed = document.getElementById("n-" + id);
    if (listed) return listed;
    const answer = await fetch(link.pathname.replace("/entities/", "/cards/") + link.search);
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").body;
  }

  let pointed = null;
  async function show(event) {
    const link = event.target.closest?.("a.name");
    if (!link) return;
    pointed = link;
    if (!entries.has(link.href)) entries.set(link.href, entryOf(link).catch(() => null));
    const entry = await entries.get(link.href);
    if (!entry || pointed !== link) return;
    link.removeAttribute("title");
    card.replaceChildren(...entry.cloneNode(true).childNodes);
    card.hidden = false;
    const place = link.getBoundingClientRect();
    card.style.left = Math.min(place.left + scrollX, scrollX + innerWidth - card.offsetWidth - 8) + "px";
    card.style.top = place.bottom + scrollY + 6 + "px";
  }

  function hide(event) {
    if (!event.target.closest?.("a.name")) return;
    pointed = null;
    card.hidden = true;
  }
  document.addEventListener("mouseover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("mouseout", hide);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { pointed = null; card.hidden = true; }
    const isTyping = event.target.matches?.("input, textarea, select");
    if (event.key === "/" && !isTyping) { event.preventDefault(); document.getElementById("q").focus(); }
    const relation = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (relation && !isTyping && !event.altKey && !event.ctrlKey && !event.metaKey) {
      document.querySelector(`.daynav a[rel=${relation}]`)?.click();
    }
  });
}

function addCopy(element, name, text) {
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  copy.textContent = document.body.dataset.copy;
  copy.setAttribute("aria-label", copy.textContent + " " + name);
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    copy.textContent = "✓";
  });
  element.after(" ", copy);
}

function addCopies() {
  for (const code of document.querySelectorAll(".use code")) {
    const name = code.previousElementSibling?.textContent ?? code.closest("dd")?.previousElementSibling.textContent ?? "";
    addCopy(code.parentElement.matches("a") ? code.parentElement : code, name, () => new URL(code.textContent, location.href).href);
  }

  // A page may be of an earlier day: citations name the day on which they are read.
  const citations = document.querySelector(".cited");
  if (citations) {
    const day = (date) => new Date(date + "T12:00:00").toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric" });
    const now = new Date();
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    for (const text of citations.querySelectorAll("pre")) {
      const made = citations.dataset.accessed;
      text.textContent = text.textContent
        .replace("[" + made + "]", "[" + today + "]")
        .replace("urldate = {" + made + "}", "urldate = {" + today + "}")
        .replace("Retrieved " + day(made), "Retrieved " + day(today));
      addCopy(text, text.parentElement.previousElementSibling.textContent, () => text.textContent);
    }
  }
}

// Dragging over a timeline chooses its days: the form below the chart is filled in and sent.
function addBrush() {
  const chart = document.querySelector(".timeline");
  const plots = chart?.querySelectorAll(".bars") ?? [];
  const starts = chart?.dataset.starts.split(" ") ?? [];
  if (starts.length > 1) {
    const brush = document.createElement("div");
    let first = null, last = null;
    brush.className = "brush";
    chart.classList.add("brushed");

    function interval(event) {
      const edge = plots[0].getBoundingClientRect();
      const place = Math.floor((event.clientX - edge.left) / edge.width * starts.length);
      return Math.max(0, Math.min(starts.length - 1, place));
    }

    function draw() {
      const edge = plots[0].getBoundingClientRect();
      const box = chart.getBoundingClientRect();
      const end = plots[plots.length - 1].getBoundingClientRect().bottom;
      const step = edge.width / starts.length;
      brush.style.left = edge.left - box.left + Math.min(first, last) * step + "px";
      brush.style.width = (Math.abs(last - first) + 1) * step + "px";
      brush.style.top = edge.top - box.top + "px";
      brush.style.height = end - edge.top + "px";
      if (!brush.isConnected) chart.append(brush);
    }

    chart.addEventListener("dragstart", (event) => event.preventDefault());
    chart.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.target.closest(".bars")) { first = interval(event); last = null; }
    });
    addEventListener("pointermove", (event) => {
      if (first === null || (last === null && interval(event) === first)) return;
      last = interval(event);
      draw();
    });
    addEventListener("pointerup", () => {
      if (first === null) return;
      const [left, right] = [Math.min(first, last ?? first), Math.max(first, last ?? first)];
      const isDrag = last !== null;
      first = null;
      if (!isDrag) return;
      const next = new Date(starts[right + 1] ?? NaN);
      const end = isNaN(next) ? chart.dataset.last : new Date(next - 864e5).toISOString().slice(0, 10);
      const form = document.querySelector("#timeline ~ form");
      form.elements.from.value = starts[left];
      form.elements.to.value = end;
      form.elements.interval.disabled = true;
      form.requestSubmit();
    });
    addEventListener("pointercancel", () => { first = null; brush.remove(); });
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") { first = null; brush.remove(); }
    });
    // The click at the end of a drag opens no bar.
    chart.addEventListener("click", (event) => { if (last !== null) event.preventDefault(); }, true);
  }
}

// What a reader who types may mean, below the search field: names first, then items.
function addSuggestions() {
  const field = document.getElementById("q");
  const list = document.createElement("ul");
  let chosen = -1, typed = 0;
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0].textContent);
  field.closest("form").append(list);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);

  function open(isOpen) {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    choose(-1);
  }

  function choose(place) {
    list.children[chosen]?.removeAttribute("aria-selected");
    chosen = place;
    const option = list.children[chosen];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  }

  async function suggest() {
    const text = field.value.trim(), turn = ++typed;
    await new Promise((wait) => setTimeout(wait, 120));
    if (turn !== typed) return;
    if (!text) return open(false);
    const address = new URL(document.body.dataset.suggestions, location.href);
    address.searchParams.set("q", text);
    const answer = await fetch(address).catch(() => null);
    if (turn !== typed || !answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== typed) return;
    list.replaceChildren(...page.querySelectorAll("li"));
    open(list.children.length > 0);
  }

  field.addEventListener("input", (event) => { if (!event.isComposing) suggest(); });
  field.addEventListener("compositionend", suggest);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = list.children.length + 1;
    if (step) { event.preventDefault(); choose((chosen + 1 + step + count) % count - 1); }
    if (event.key === "Escape") { event.preventDefault(); typed++; open(false); }
    if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); list.children[chosen].querySelector("a").click(); }
  });
  field.addEventListener("blur", () => setTimeout(() => { typed++; open(false); }, 200));
}

// Fields of days get the picker of the browser; their width stays.
function addPickers() {
  for (const field of document.querySelectorAll("input.day")) field.type = "date";
}

function addAll() {
  addBrush();
  addTheme();
  addCards();
  addCopies();
  addPickers();
  addSuggestions();
}

// The first paint comes first: a frame callback would run before it is presented.
if (PerformanceObserver.supportedEntryTypes?.includes("paint")) {
  const painted = new PerformanceObserver(() => { painted.disconnect(); addAll(); });
  painted.observe({ type: "paint", buffered: true });
} else {
  addAll();
}
