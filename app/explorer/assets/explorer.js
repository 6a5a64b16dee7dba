// The explorer works without this file. It adds the theme, cards of names and copying of addresses.
"use strict";

const root = document.documentElement;

function remembered() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

const theme = remembered();
if (theme) root.dataset.theme = theme;

const button = document.querySelector("button.theme");
button.hidden = false;
button.addEventListener("click", () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not remembered */ }
});

// The card of a name: the same entry as in the list of names.
const card = document.createElement("div");
card.className = "popup";
card.hidden = true;
card.setAttribute("aria-hidden", "true");
document.body.append(card);

function show(event) {
  const link = event.target.closest?.("a.name");
  const id = link?.pathname.split("/").pop();
  const entry = id && document.getElementById("n-" + id);
  if (!entry) return;
  link.dataset.title ??= link.title;
  link.removeAttribute("title");
  card.replaceChildren(...entry.cloneNode(true).childNodes);
  card.hidden = false;
  const place = link.getBoundingClientRect();
  card.style.left = Math.min(place.left + scrollX, scrollX + innerWidth - card.offsetWidth - 8) + "px";
  card.style.top = place.bottom + scrollY + 6 + "px";
}

function hide(event) {
  if (!event.target.closest?.("a.name")) return;
  card.hidden = true;
}
document.addEventListener("mouseover", show);
document.addEventListener("focusin", show);
document.addEventListener("mouseout", hide);
document.addEventListener("focusout", hide);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") card.hidden = true;
  const isTyping = event.target.matches?.("input, textarea, select");
  if (event.key === "/" && !isTyping) { event.preventDefault(); document.getElementById("q").focus(); }
  const relation = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (relation && !isTyping && !event.altKey && !event.ctrlKey && !event.metaKey) {
    document.querySelector(`.daynav a[rel=${relation}]`)?.click();
  }
});

for (const code of document.querySelectorAll(".use code")) {
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  copy.textContent = document.body.dataset.copy;
  copy.setAttribute("aria-label", copy.textContent + " " + (code.previousElementSibling?.textContent ?? ""));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(new URL(code.textContent, location.href).href);
    copy.textContent = "✓";
  });
  code.after(" ", copy);
}
