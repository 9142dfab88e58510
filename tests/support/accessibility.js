/* What the accessibility checks ask of a page, in the page. Read by tests/support/accessibility.py. */
({
  /* Things to press that are smaller than `least` pixels; 44 is asked of what matters most, 24 of everything. */
  smallTargets: least => {
    const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
    const large = ".button, .crisis-strip a, .crisis-box a, .site-header a, .site-footer a, .back-link, .input";
    const wrong = [];
    for (const e of document.querySelectorAll(pressed)) {
      const style = getComputedStyle(e), box = e.getBoundingClientRect();
      if (style.visibility === "hidden" || box.width === 0 || e.closest(".visually-hidden, .skip-link")) continue;
      /* A link within a sentence is exempt (WCAG 2.5.8): its parent holds words of its own beside it. */
      const words = [...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
      if (e.tagName === "A" && style.display === "inline" && words) continue;
      if (least > 24 && !e.matches(large)) continue;
      if (Math.min(box.height, box.width) + 0.5 >= least) continue;
      const name = (e.innerText || e.name || "").trim().slice(0, 40);
      wrong.push(`${e.tagName} "${name}" ${Math.round(box.width)}x${Math.round(box.height)}`);
    }
    return wrong;
  },

  /* Every text as if in a made-up language that needs 40 % more room: sentences get more words, single words letters. */
  longer: () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest("script, style, textarea, option, pre, code, .reference, [translate=no]")) continue;
      const words = node.textContent.trim().split(/\s+/).filter(word => /^\p{L}{3,}/u.test(word));
      if (!words.length) continue;
      const more = words.length > 1
        ? " " + words.slice(0, Math.ceil(words.length * 0.4)).join(" ")
        : words[0].slice(0, Math.ceil(words[0].length * 0.4)).toLowerCase();
      node.textContent = node.textContent.trimEnd() + more + node.textContent.slice(node.textContent.trimEnd().length);
    }
  },

  /* Elements that hide a part of what they hold. */
  cutOff: () => {
    const wrong = [];
    for (const e of document.querySelectorAll("body *")) {
      if (!(e instanceof HTMLElement) || e.closest(".visually-hidden, .leaflet-container, [hidden]")) continue;
      if (e.matches("input, textarea, select")) continue;
      const style = getComputedStyle(e);
      if (style.clipPath === "inset(50%)") continue; // for listeners only, as .visually-hidden
      if (!/hidden|clip/.test(style.overflowX + style.overflowY)) continue;
      const more = e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
      if (more) wrong.push(`${e.tagName}.${e.className}`);
    }
    return wrong;
  },

  /* What has focus just now; null when nothing has. */
  focused: () => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2);
    const label = [...(e.labels || [])].some(l => l.contains(top));
    window.stops ||= new Set();
    const seen = window.stops.has(e);
    window.stops.add(e);
    return {
      what: `${e.tagName} "${(e.innerText || e.name || e.ariaLabel || "").trim().slice(0, 40)}"`,
      text: (e.innerText || "").trim(),
      seen,
      shown: Boolean(top) && (e.contains(top) || top.contains(e) || label),
      ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      order: [...document.querySelectorAll("*")].indexOf(e),
    };
  },

  /* Back to the top, with nothing focused. */
  begin: () => {
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    window.stops = new Set();
  },

  /* The spacing of WCAG 1.4.12. */
  space: () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
      p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
  },

  unspace: () => { document.adoptedStyleSheets = []; },
  largeText: size => { document.documentElement.style.fontSize = size; },
})
