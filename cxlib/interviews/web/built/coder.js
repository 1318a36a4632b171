const SHEET = ".cx-transcript {\n  box-sizing: border-box;\n  height: 100%;\n  overflow: hidden auto;\n  overflow-anchor: none;\n  contain: strict;\n  position: relative;\n  background: var(--cx-paper, Canvas);\n  color: var(--cx-ink, CanvasText);\n  font-size: 15px;\n  line-height: 26px;\n  cursor: text;\n  animation: cx-attached 1ms; /* its start tells that the page took the scroller in (again) */\n}\n@keyframes cx-attached {\n  to {\n    outline-offset: 0;\n  }\n}\n.cx-spacer {\n  position: relative;\n  min-height: 100%;\n}\n.cx-layer {\n  position: absolute;\n  inset-inline: 0;\n}\n.cx-block {\n  display: grid;\n  grid-template-columns: 7rem minmax(0, 1fr) var(--cx-margin, 5rem);\n  column-gap: 12px;\n  position: relative;\n  padding: 8px 12px 0;\n}\n.cx-continued {\n  padding-top: 0;\n}\n.cx-speaker {\n  overflow: hidden;\n  font-weight: 600;\n  text-overflow: ellipsis;\n  white-space: nowrap;\n}\n.cx-speaker,\n.cx-margin,\n.cx-hidden,\n.cx-caret {\n  user-select: none;\n  -webkit-user-select: none;\n}\n.cx-words {\n  white-space: pre-wrap;\n  font-variant-ligatures: none; /* the caret stands within them too */\n  overflow-wrap: anywhere;\n  min-height: 1lh;\n}\n.cx-words:lang(ko) {\n  word-break: keep-all;\n}\n.cx-words mark {\n  color: inherit;\n  background: color-mix(in srgb, currentcolor 14%, transparent);\n}\n.cx-margin {\n  position: absolute;\n  inset-block: 8px 0;\n  inset-inline-end: 12px;\n  width: var(--cx-margin, 5rem);\n  overflow: hidden;\n  contain: strict;\n}\n.cx-continued .cx-margin {\n  inset-block-start: 0;\n}\n.cx-hidden {\n  position: absolute;\n  width: 1px;\n  height: 1px;\n  overflow: hidden;\n  clip-path: inset(50%);\n  white-space: nowrap;\n}\n.cx-caret {\n  position: absolute;\n  inset: 0 auto auto 0;\n  width: 2px;\n  margin-inline-start: -1px;\n  background: var(--cx-ink, CanvasText);\n  pointer-events: none;\n  visibility: hidden;\n}\n.cx-transcript:focus-within .cx-caret {\n  visibility: visible;\n}\n\n:host {\n  display: block;\n  color-scheme: light;\n  --cx-paper: var(--jp-layout-color0, #fff);\n  --cx-paper-2: var(--jp-layout-color1, #f7f7f7);\n  --cx-ink: var(--jp-content-font-color0, #1c1c1c);\n  --cx-ink-soft: var(--jp-content-font-color1, #555);\n  --cx-line: var(--jp-border-color1, #c4c4c4);\n  --cx-focus: var(--jp-brand-color1, #1565c0);\n  --cx-selection: #b5d3ff;\n  --cx-selection-ink: #111;\n  --cx-hits: #ffe98a;\n  --cx-hits-ink: #111;\n  --cx-hit: #ff9f1c;\n  --cx-hit-ink: #111;\n  --cx-0: #0072b2;\n  --cx-1: #d55e00;\n  --cx-2: #007a5a;\n  --cx-3: #a8487f;\n  --cx-4: #8a6100;\n  --cx-5: #2f7fae;\n  --cx-tint: 16%;\n}\n:host([data-theme=\"dark\"]) {\n  color-scheme: dark;\n  --cx-paper: var(--jp-layout-color0, #16181b);\n  --cx-paper-2: var(--jp-layout-color1, #212428);\n  --cx-ink: var(--jp-content-font-color0, #f1f1f1);\n  --cx-ink-soft: var(--jp-content-font-color1, #c6c6c6);\n  --cx-line: var(--jp-border-color1, #5c6066);\n  --cx-focus: var(--jp-brand-color1, #7db7ff);\n  --cx-selection: #2d5c94;\n  --cx-selection-ink: #fff;\n  --cx-hits: #6b5a00;\n  --cx-hits-ink: #fff;\n  --cx-hit: #ffb648;\n  --cx-hit-ink: #111;\n  --cx-0: #6fb8ee;\n  --cx-1: #ff9a57;\n  --cx-2: #4fd1a5;\n  --cx-3: #e9a3cc;\n  --cx-4: #e6bf4f;\n  --cx-5: #9bd6f5;\n  --cx-tint: 14%;\n}\n.cx-root {\n  box-sizing: border-box;\n  position: relative;\n  display: flex;\n  flex-direction: column;\n  height: min(70vh, 640px);\n  min-height: 360px;\n  contain: strict;\n  container: cx / inline-size;\n  border: 1px solid var(--cx-line);\n  border-radius: 4px;\n  background: var(--cx-paper);\n  color: var(--cx-ink);\n  font:\n    14px/1.4 system-ui,\n    -apple-system,\n    \"Segoe UI\",\n    Roboto,\n    \"Noto Sans\",\n    \"Hiragino Sans\",\n    \"Yu Gothic\",\n    Meiryo,\n    \"Apple SD Gothic Neo\",\n    \"Malgun Gothic\",\n    \"Noto Sans CJK JP\",\n    sans-serif;\n}\n.cx-early {\n  position: absolute;\n  visibility: hidden;\n}\n\n[hidden] {\n  display: none !important;\n}\nbutton,\nselect,\ninput,\ntextarea {\n  font: inherit;\n  color: inherit;\n  background: var(--cx-paper);\n  border: 1px solid var(--cx-line);\n  border-radius: 3px;\n  padding: 2px 7px;\n  box-sizing: border-box;\n}\nbutton {\n  cursor: pointer;\n}\nbutton:hover {\n  border-color: var(--cx-ink-soft);\n}\n:focus-visible {\n  outline: 2px solid var(--cx-focus);\n  outline-offset: 1px;\n}\n.cx-transcript:focus-visible {\n  outline-offset: -2px;\n}\nkbd {\n  font:\n    11px/1.3 ui-monospace,\n    Menlo,\n    Consolas,\n    monospace;\n  border: 1px solid var(--cx-line);\n  border-bottom-width: 2px;\n  border-radius: 3px;\n  padding: 0 4px;\n  background: var(--cx-paper-2);\n  color: var(--cx-ink);\n}\nh2 {\n  font-size: 12px;\n  font-weight: 600;\n  margin: 10px 0 4px;\n  color: var(--cx-ink-soft);\n}\nh2:first-child {\n  margin-top: 0;\n}\n.cx-soft {\n  color: var(--cx-ink-soft);\n  font-size: 12px;\n  margin: 2px 0;\n}\n.cx-top {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 6px;\n  align-items: center;\n  padding: 6px 8px;\n  border-bottom: 1px solid var(--cx-line);\n  background: var(--cx-paper-2);\n}\n.cx-top select {\n  max-width: 16rem;\n}\n.cx-coder {\n  margin-inline-end: auto;\n}\n.cx-document {\n  font-weight: 600;\n  overflow: hidden;\n  text-overflow: ellipsis;\n  white-space: nowrap;\n  max-width: 16rem;\n}\n.cx-panel-button {\n  display: none;\n}\n.cx-main {\n  flex: 1;\n  min-height: 0;\n  display: flex;\n}\n.cx-text {\n  position: relative;\n  flex: 1;\n  min-width: 0;\n  min-height: 0;\n  display: flex;\n  flex-direction: column;\n}\n.cx-transcript {\n  flex: 1;\n  height: auto;\n  min-height: 0;\n}\n.cx-panel {\n  width: 18.5rem;\n  flex: none;\n  display: flex;\n  flex-direction: column;\n  border-inline-start: 1px solid var(--cx-line);\n  background: var(--cx-paper);\n}\n.cx-codes,\n.cx-place {\n  box-sizing: border-box;\n  overflow: auto;\n  padding: 8px;\n  flex: 1 1 55%;\n  min-height: 0;\n}\n.cx-place {\n  flex-basis: 45%;\n  border-top: 1px solid var(--cx-line);\n}\n.cx-banner,\n.cx-find {\n  display: flex;\n  gap: 6px;\n  align-items: center;\n  padding: 5px 10px;\n  background: var(--cx-paper-2);\n}\n.cx-find {\n  border-bottom: 1px solid var(--cx-line);\n}\n.cx-banner {\n  order: 2; /* below the text, which so keeps its place */\n  border-top: 1px solid var(--cx-line);\n  font-weight: 600;\n  border-inline-start: 4px solid var(--cx-focus);\n  white-space: pre-wrap;\n}\n.cx-find input {\n  width: 14rem;\n  min-width: 0;\n}\n.cx-find-count {\n  min-width: 6rem;\n}\n.cx-status {\n  display: flex;\n  gap: 14px;\n  height: 26px;\n  line-height: 26px;\n  padding: 0 10px;\n  flex: none;\n  overflow: hidden;\n  contain: strict;\n  white-space: nowrap;\n  font-size: 12px;\n  border-top: 1px solid var(--cx-line);\n  background: var(--cx-paper-2);\n}\n.cx-note {\n  flex: 1 1 0;\n  min-width: 0;\n  overflow: hidden;\n  text-overflow: ellipsis;\n}\n.cx-saved {\n  font-weight: 600;\n}\n.cx-saved:not([data-kind=\"saved\"], [data-kind=\"saving\"]) {\n  text-decoration: underline 2px var(--cx-1);\n  text-underline-offset: 3px;\n}\n.cx-bar {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 4px;\n  margin: 3px 0;\n}\n.cx-bar button {\n  font-size: 12px;\n  padding: 0 6px;\n}\n.cx-tree,\n.cx-here,\n.cx-pick-list {\n  list-style: none;\n  margin: 0;\n  padding: 0;\n}\n.cx-row,\n.cx-pick-list li,\n.cx-choose {\n  display: flex;\n  gap: 6px;\n  align-items: center;\n  padding: 2px 4px;\n  border-radius: 3px;\n  cursor: pointer;\n}\n.cx-row:hover,\n.cx-pick-list [aria-selected=\"true\"],\n.cx-choose:hover {\n  background: color-mix(in srgb, var(--cx-focus) 16%, var(--cx-paper));\n}\n.cx-pick-list [aria-selected=\"true\"] {\n  outline: 2px solid var(--cx-focus);\n  outline-offset: -2px;\n}\n.cx-d1 {\n  margin-inline-start: 14px;\n}\n.cx-d2 {\n  margin-inline-start: 28px;\n}\n.cx-d3 {\n  margin-inline-start: 42px;\n}\n.cx-d4 {\n  margin-inline-start: 56px;\n}\n.cx-place > .cx-soft {\n  color: var(--cx-ink);\n  font-size: 13px;\n}\n.cx-name {\n  flex: 1;\n  min-width: 0;\n  overflow-wrap: anywhere;\n}\n.cx-choose {\n  width: 100%;\n  border: 0;\n  text-align: start;\n  background: none;\n}\n.cx-choose .cx-name {\n  flex: 0 1 auto;\n}\n.cx-count {\n  font-size: 12px;\n  font-variant-numeric: tabular-nums;\n  color: var(--cx-ink-soft);\n}\n.cx-coding {\n  border-inline-start: 3px solid transparent;\n  padding-inline-start: 2px;\n}\n.cx-coding[aria-current] {\n  border-inline-start-color: var(--cx-focus);\n}\n.cx-memo {\n  margin: 2px 0 2px 8px;\n  white-space: pre-wrap;\n  overflow-wrap: anywhere;\n  font-size: 13px;\n}\n.cx-editor textarea {\n  width: 100%;\n  resize: vertical;\n}\n.cx-editor label {\n  display: block;\n  font-size: 12px;\n  margin-top: 6px;\n}\n.cx-swatch,\n.cx-chip {\n  --hue: var(--cx-ink-soft);\n  box-sizing: border-box;\n  display: inline-block;\n  flex: none;\n  min-width: 24px;\n  height: 18px;\n  padding: 0 3px;\n  border: 1px solid var(--hue);\n  border-inline-start-width: 5px;\n  border-radius: 2px;\n  font-size: 11px;\n  line-height: 16px;\n  text-align: center;\n  white-space: nowrap;\n  color: var(--cx-ink);\n  background: var(--cx-paper);\n}\n.cx-group {\n  min-width: 24px;\n  text-align: center;\n}\n.cx-group::before {\n  content: \"▸\";\n}\n[aria-expanded=\"true\"] > .cx-group::before {\n  content: \"▾\";\n}\nbutton kbd {\n  margin-inline-start: 5px;\n}\n.cx-plus {\n  min-width: 24px;\n  text-align: center;\n}\n.cx-plus::before {\n  content: \"+\";\n}\n.cx-margin {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 8px 3px; /* a row of 18 px to each line of the text, so that none is cut across */\n  align-content: flex-start;\n  padding-top: 4px;\n  box-sizing: border-box;\n}\n.cx-block {\n  border-inline-start: 3px solid transparent;\n}\n.cx-block.cx-read {\n  border-inline-start-color: var(--cx-line);\n}\n.cx-speaker {\n  color: var(--cx-ink-soft);\n}\n.cx-words .cx-mark {\n  --hue: var(--cx-ink-soft);\n  background: color-mix(in srgb, var(--hue) var(--cx-tint), transparent);\n  text-decoration: underline 2px var(--hue);\n  text-decoration-skip-ink: none;\n  border-radius: 2px;\n}\n.cx-c0,\n.cx-s0 {\n  --hue: var(--cx-0) !important;\n}\n.cx-c1,\n.cx-s1 {\n  --hue: var(--cx-1) !important;\n}\n.cx-c2,\n.cx-s2 {\n  --hue: var(--cx-2) !important;\n}\n.cx-c3,\n.cx-s3 {\n  --hue: var(--cx-3) !important;\n}\n.cx-c4,\n.cx-s4 {\n  --hue: var(--cx-4) !important;\n}\n.cx-c5,\n.cx-s5 {\n  --hue: var(--cx-5) !important;\n}\n.cx-words .cx-c0,\n.cx-words .cx-c3 {\n  text-underline-offset: 2px;\n}\n.cx-words .cx-c1,\n.cx-words .cx-c4 {\n  text-underline-offset: 5px;\n}\n.cx-words .cx-c2,\n.cx-words .cx-c5 {\n  text-underline-offset: 8px;\n}\n.cx-words .cx-c3,\n.cx-words .cx-c4,\n.cx-words .cx-c5 {\n  text-decoration-style: dashed;\n}\n.cx-words .cx-uncertain {\n  text-decoration-style: wavy;\n  text-decoration-thickness: 1px;\n}\n.cx-words mark mark .cx-mark {\n  background: none; /* of many tints one upon another the words could not be read */\n}\n.cx-words .cx-mark.cx-current,\n.cx-words mark mark .cx-mark.cx-current {\n  background: color-mix(in srgb, var(--hue) 24%, transparent);\n}\n.cx-words .cx-mark.cx-other {\n  background: none;\n}\n.cx-words .cx-mark.cx-dim {\n  background: none;\n  text-decoration-color: color-mix(in srgb, var(--hue) 35%, transparent);\n}\n.cx-dialog {\n  position: absolute;\n  z-index: 3;\n  inset: 40px 8% auto;\n  max-width: 34rem;\n  margin: 0 auto;\n  max-height: calc(100% - 60px);\n  overflow: auto;\n  padding: 12px;\n  box-sizing: border-box;\n  background: var(--cx-paper);\n  border: 1px solid var(--cx-ink-soft);\n  border-radius: 6px;\n  box-shadow: 0 6px 24px rgb(0 0 0 / 30%);\n}\n.cx-dialog-title {\n  display: block;\n  font-weight: 600;\n  margin: 0 0 6px;\n}\n.cx-picker input {\n  width: 100%;\n}\n.cx-pick-list {\n  max-height: 15rem;\n  overflow: auto;\n  margin: 6px 0;\n}\n.cx-help {\n  max-width: 60rem;\n  inset-inline: 3%;\n  inset-block-start: 20px;\n  max-height: calc(100% - 40px);\n}\n.cx-help-groups {\n  columns: 2 22rem;\n  column-gap: 2rem;\n}\n.cx-help table {\n  break-inside: avoid;\n  width: 100%;\n  border-collapse: collapse;\n  margin-bottom: 10px;\n}\n.cx-help caption {\n  text-align: start;\n  font-weight: 600;\n  padding: 2px 0;\n}\n.cx-help td {\n  padding: 2px 8px 2px 0;\n  vertical-align: top;\n}\n.cx-help td:first-child {\n  width: 36%;\n}\n.cx-chord {\n  white-space: nowrap;\n}\n.cx-popup {\n  position: absolute;\n  z-index: 2;\n  display: flex;\n  flex-wrap: wrap;\n  gap: 4px;\n  max-width: min(30rem, 90%);\n  padding: 5px;\n  background: var(--cx-paper);\n  border: 1px solid var(--cx-ink-soft);\n  border-radius: 5px;\n  box-shadow: 0 3px 12px rgb(0 0 0 / 25%);\n}\n.cx-popup button {\n  display: flex;\n  gap: 5px;\n  align-items: center;\n  max-width: 14rem;\n}\n@container cx (max-width: 760px) {\n  .cx-main {\n    flex-direction: column;\n  }\n  .cx-panel {\n    width: auto;\n    height: 42%;\n    flex-direction: row;\n    border-inline-start: 0;\n    border-top: 1px solid var(--cx-line);\n  }\n  .cx-place {\n    border-top: 0;\n    border-inline-start: 1px solid var(--cx-line);\n  }\n  .cx-panel-button {\n    display: inline-block;\n  }\n  .cx-top kbd,\n  .cx-coder {\n    display: none;\n  }\n  .cx-top {\n    gap: 4px;\n    padding: 5px;\n    font-size: 13px;\n  }\n  .cx-top select {\n    max-width: 7.5rem;\n  }\n  .cx-block {\n    grid-template-columns: minmax(0, 1fr) 3.6rem;\n  }\n  .cx-block > .cx-words {\n    grid-column: 1;\n  }\n  .cx-block > .cx-speaker {\n    grid-column: 1;\n    line-height: 20px;\n  }\n  .cx-continued > .cx-speaker {\n    display: none;\n  }\n  .cx-margin {\n    width: 3.6rem;\n  }\n  .cx-status {\n    height: 44px;\n    flex-wrap: wrap;\n    gap: 0 14px;\n    line-height: 21px;\n  }\n  .cx-note {\n    flex-basis: 100%;\n  }\n  .cx-dialog {\n    inset-inline: 4%;\n  }\n}\n@media (forced-colors: active) {\n  .cx-block,\n  .cx-coding {\n    border-inline-start-color: Canvas;\n  }\n  .cx-words .cx-mark {\n    background: Canvas;\n    color: CanvasText;\n    text-decoration-color: CanvasText;\n  }\n  .cx-words .cx-current {\n    outline: 2px solid Highlight;\n  }\n  .cx-block.cx-read,\n  .cx-coding[aria-current] {\n    border-inline-start-color: Highlight;\n  }\n  .cx-row:hover,\n  .cx-pick-list [aria-selected=\"true\"] {\n    outline: 2px solid Highlight;\n  }\n}\n@media (prefers-reduced-motion: reduce) {\n  * {\n    scroll-behavior: auto !important;\n    transition: none !important;\n  }\n}\n@media print {\n  .cx-root {\n    contain: none;\n    height: auto;\n  }\n}\n\n.cx-settling {\n  width: 21rem;\n}\n.cx-settling > .cx-place {\n  border-top: 0;\n  border-bottom: 1px solid var(--cx-line);\n  flex: 0 1 auto;\n  max-height: 68%;\n}\n.cx-settling > .cx-codes {\n  flex: 1 1 32%;\n}\n.cx-settling .cx-swatch {\n  --hue: var(--cx-ink-soft) !important; /* colours are of coders here */\n}\n.cx-settle-count {\n  margin: 0 0 6px;\n  font-weight: 600;\n}\n.cx-settle-head {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 6px;\n  align-items: center;\n}\n.cx-sides {\n  display: flex;\n  flex-direction: column;\n  gap: 4px;\n  margin: 6px 0;\n}\n.cx-side {\n  display: flex;\n  flex-wrap: wrap;\n  gap: 2px 6px;\n  align-items: center;\n  padding: 4px 6px;\n  text-align: start;\n}\n.cx-side > .cx-name {\n  flex: 1 0 100%;\n}\n.cx-side[data-side=\"gave\"] {\n  border-width: 2px;\n  border-color: var(--cx-ink-soft);\n}\n.cx-side:disabled {\n  cursor: default;\n  border-style: dashed;\n}\nbutton.cx-side kbd {\n  margin: 0;\n}\n.cx-lane {\n  min-width: 20px;\n  padding: 0 3px;\n  text-align: center;\n  line-height: 22px;\n}\n.cx-settled-as {\n  margin: 4px 0;\n}\n.cx-settled-as .cx-memo {\n  display: block;\n}\n.cx-items {\n  list-style: none;\n  margin: 0;\n  padding: 0;\n}\n.cx-sign {\n  min-width: 1em;\n  text-align: center;\n}\n.cx-items .cx-choose .cx-name {\n  flex: 0 1 auto;\n}\n.cx-items .cx-choose .cx-soft {\n  flex: 1 1 0;\n  min-width: 0;\n  overflow: hidden;\n  text-overflow: ellipsis;\n  white-space: nowrap;\n}\n.cx-words .cx-unit,\n.cx-words mark mark .cx-unit {\n  background: color-mix(in srgb, var(--cx-focus) 9%, transparent);\n}\n.cx-words .cx-by,\n.cx-lane {\n  background: none;\n  text-decoration: underline 2px solid var(--hue);\n  text-decoration-skip-ink: none;\n  text-underline-offset: 2px;\n}\n.cx-words .cx-by.cx-by0,\n.cx-lane.cx-by0 {\n  --hue: var(--cx-0);\n}\n.cx-words .cx-by.cx-by1,\n.cx-lane.cx-by1 {\n  --hue: var(--cx-1);\n  text-decoration-style: dashed;\n  text-underline-offset: 5px;\n}\n.cx-words .cx-by.cx-by2,\n.cx-lane.cx-by2 {\n  --hue: var(--cx-2);\n  text-decoration-style: dotted;\n  text-underline-offset: 8px;\n}\n.cx-words .cx-by.cx-by3,\n.cx-lane.cx-by3 {\n  --hue: var(--cx-3);\n  text-decoration-style: wavy;\n  text-decoration-thickness: 1px;\n  text-underline-offset: 2px;\n}\n.cx-words .cx-by.cx-by4,\n.cx-lane.cx-by4 {\n  --hue: var(--cx-4);\n  text-decoration-style: double;\n  text-decoration-thickness: 1px;\n  text-underline-offset: 5px;\n}\n.cx-words .cx-by.cx-by5,\n.cx-lane.cx-by5 {\n  --hue: var(--cx-5);\n  text-underline-offset: 8px;\n}\n.cx-words .cx-by.cx-dim {\n  text-decoration-thickness: 1px;\n  text-decoration-color: color-mix(in srgb, var(--hue) 60%, transparent);\n}\n.cx-words .cx-by.cx-current,\n.cx-words mark mark .cx-by.cx-current {\n  background: color-mix(in srgb, var(--hue) 16%, transparent);\n}\n.cx-words .cx-mark.cx-settled,\n.cx-words mark mark .cx-mark.cx-settled {\n  background: none;\n  text-decoration: overline 2px solid var(--cx-ink);\n}\n.cx-words .cx-mark.cx-settled.cx-dim {\n  text-decoration-thickness: 1px;\n}\n@container cx (max-width: 760px) {\n  .cx-settling {\n    width: auto;\n    height: 48%;\n  }\n  .cx-settling > .cx-place {\n    flex: 1 1 58%;\n    max-height: none;\n    border-bottom: 0;\n    border-inline-start: 0;\n  }\n  .cx-settling > .cx-codes {\n    flex: 1 1 42%;\n    border-inline-start: 1px solid var(--cx-line);\n  }\n}\n@media (forced-colors: active) {\n  .cx-words .cx-by.cx-current {\n    outline: 1px solid Highlight;\n  }\n}\n.cx-root:has(.cx-settling) {\n  --cx-margin: 8.5rem; /* chips say which coders gave the code */\n}\n";

// Places in a text: code points and UTF-16, graphemes, words, sentences, and text folded for find.
// Offsets are UTF-16 units of the text as it is unless a name says points.

const AROUND = 200; // units looked at on either side of a place
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const SEGMENTERS = new Map();
// a cluster always begins at one of these, unless what stands before takes the next sign along
const BEGINS = /[\n\t -~\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]/;
const TAKES_NEXT = /[\r\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u200d\ud804-\ud807]/;
const PAUSE = /[\s。、，．！？]/;
// signs that are composed with others, or have a width or a number of small letters of their own
const CHANGES = new RegExp(
  [
    "[\\uffa0-\\uffdc]+",
    "[\\u3000\\uff01-\\uffee][\\p{M}\\uff9e\\uff9f]*",
    "[\\u1100-\\u115f\\ua960-\\ua97c][\\u1160-\\u11ff\\ud7b0-\\ud7fb]+",
    "[\\uac00-\\ud7a3][\\u11a7-\\u11ff]+",
    "\\P{M}?\\p{M}+",
    "\\u0130",
  ].join("|"),
  "gu",
);

/** The first place in a sorted list whose value is above `value` (0 to n). */
function upper(list, value, n = list.length) {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Both ways between code points and UTF-16 for one text; a text without astral signs is free. */
class Points {
  constructor(text) {
    this.units = text.length;
    this.highs = []; // where each astral sign begins, in units
    this.signs = []; // and in points
    for (const found of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) {
      this.signs.push(found.index - this.highs.length);
      this.highs.push(found.index);
    }
    this.length = this.units - this.highs.length;
  }

  toUtf16(points) {
    const at = Math.max(0, Math.min(points, this.length));
    return at + upper(this.signs, at - 1);
  }

  toPoints(units) {
    const at = Math.max(0, Math.min(units, this.units));
    return at - upper(this.highs, at - 1);
  }
}

/** Code points -> UTF-16 units of a text. */
function toUtf16(text, points) {
  return new Points(text).toUtf16(points);
}

/** UTF-16 units -> code points of a text; the middle of a pair is its beginning. */
function toPoints(text, units) {
  return new Points(text.slice(0, units + 1)).toPoints(units);
}

function surelyEdge(text, at) {
  if (at <= 0 || at >= text.length) return true;
  if (!BEGINS.test(text[at])) return false;
  const before = text[at - 1];
  if (before === "\r") return text[at] !== "\n";
  return !TAKES_NEXT.test(before) && !(at > 1 && TAKES_NEXT.test(text[at - 2]));
}

/** [start, end) of the grapheme that holds the unit at a place inside the text. */
function graphemeAt(text, at) {
  let from = at;
  while (at - from < AROUND && !surelyEdge(text, from)) from -= 1;
  const cluster = GRAPHEMES.segment(text.slice(from, at + AROUND)).containing(at - from);
  return [from + cluster.index, from + cluster.index + cluster.segment.length];
}

/** Whether a grapheme begins or ends here. */
function isEdge(text, at) {
  return surelyEdge(text, at) || graphemeAt(text, at)[0] === at;
}

/** The next grapheme edge after (direction > 0) or before a place; the text's ends stay. */
function nextGrapheme(text, at, direction) {
  if (direction > 0) {
    if (at >= text.length) return text.length;
    if (surelyEdge(text, at) && surelyEdge(text, at + 1)) return at + 1;
    return graphemeAt(text, at)[1];
  }
  if (at <= 0) return 0;
  if (surelyEdge(text, at - 1) && surelyEdge(text, at)) return at - 1;
  return graphemeAt(text, at - 1)[0];
}

/** A span whose edges lie inside graphemes -> the smallest one around it whose edges do not. */
function snapOut(text, start, end) {
  return [
    isEdge(text, start) ? start : graphemeAt(text, start)[0],
    isEdge(text, end) ? end : graphemeAt(text, end)[1],
  ];
}

function segmenter(granularity, lang) {
  const key = `${granularity} ${lang}`;
  if (!SEGMENTERS.has(key)) {
    SEGMENTERS.set(key, new Intl.Segmenter(lang || undefined, { granularity }));
  }
  return SEGMENTERS.get(key);
}

function words(text, at, lang, from, to) {
  let start = at;
  while (start > from && (at - start < AROUND || !isEdge(text, start))) {
    start -= 1;
    if (at - start > 1 && PAUSE.test(text[start])) break;
  }
  const slice = text.slice(start, Math.min(to, at + AROUND));
  return Array.from(segmenter("word", lang).segment(slice), (found) => ({
    start: start + found.index,
    end: start + found.index + found.segment.length,
    word: found.isWordLike,
  }));
}

/** [start, end) of the word at a place, or of the signs between words; inside [from, to). */
function wordAt(text, at, lang, from = 0, to = text.length) {
  if (to <= from) return [from, from];
  const place = Math.min(Math.max(at, from), to - 1);
  const found = words(text, place, lang, from, to);
  const here = found.findIndex((segment) => segment.start <= place && place < segment.end);
  const before = found[here - 1];
  const touches = !found[here].word && before?.word && before.end === at;
  const taken = touches ? before : found[here];
  return [taken.start, taken.end];
}

/** The end of the next word (direction > 0) or the beginning of the one before; else the limit. */
function nextWord(text, at, direction, lang, from = 0, to = text.length) {
  for (let place = at; direction > 0 ? place < to : place > from; ) {
    const found = words(text, place, lang, from, to).filter(({ word }) => word);
    const next =
      direction > 0
        ? found.find(({ end }) => end > at)?.end
        : found.findLast(({ start }) => start < at)?.start;
    if (next !== undefined) return next;
    place += direction > 0 ? AROUND : -AROUND;
  }
  return direction > 0 ? to : from;
}

/** [start, end) of the sentence at a place inside [from, to), without outer white space. */
function sentenceAt(text, at, lang, from = 0, to = text.length) {
  if (to <= from) return [from, from];
  const place = Math.min(Math.max(at, from), to - 1) - from;
  const found = segmenter("sentence", lang).segment(text.slice(from, to)).containing(place);
  const said = found.segment.trim();
  const start = from + found.index + found.segment.indexOf(said);
  return said ? [start, start + said.length] : [from + found.index, start + found.segment.length];
}

function fold(text) {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/**
 * A text composed (NFC), with one width and small letters; `at[i]` is where its unit i stands in
 * the text as it is, and null where every unit stands in its own place.
 */
function folded(text) {
  const plain = text.search(CHANGES) < 0 && text.normalize("NFC") === text;
  return plain ? { text: fold(text), at: null } : foldedWithWay(text);
}

function foldedWithWay(text) {
  const pieces = [];
  const way = [];
  const put = (piece, from, step) => {
    pieces.push(piece);
    for (let unit = 0; unit < piece.length; unit += 1) way.push(from + unit * step);
  };
  const keep = (from, to) => {
    const piece = text.slice(from, to);
    if (piece.normalize("NFC") === piece) return put(fold(piece), from, 1);
    let at = from;
    for (const sign of piece) {
      put(fold(sign.normalize("NFC")), at, 0);
      at += sign.length;
    }
  };
  let last = 0;
  for (const { 0: found, index } of text.matchAll(CHANGES)) {
    keep(last, index);
    put(fold(found.normalize(/^[\u3000\uff01-\uffee]/.test(found) ? "NFKC" : "NFC")), index, 0);
    last = index + found.length;
  }
  keep(last, text.length);
  way.push(text.length);
  return { text: pieces.join(""), at: Int32Array.from(way) };
}

// Turns -> blocks small enough to be mounted alone, cut where one may pause.


const ENDS = /[.!?][\p{Pe}\p{Pf}"']*\s+|[。．！？…‥]+[\p{Pe}\p{Pf}"']*\s*|\n+\s*/gu;
const PAUSES = /\s+|[、，,;；:：・]/gu;

function lastCut(text, at, limit, min, pattern) {
  let found = 0;
  for (const match of text.slice(at, limit).matchAll(pattern)) {
    const end = match.index + match[0].length;
    if (end >= min && isEdge(text, at + end)) found = end;
  }
  return found;
}

function cutAfter(text, at, end, max, min) {
  const limit = at + max;
  const pause = lastCut(text, at, limit, min, ENDS) || lastCut(text, at, limit, min, PAUSES);
  if (pause) return at + pause;
  const edge = isEdge(text, limit) ? limit : nextGrapheme(text, limit, -1);
  return edge > at ? edge : Math.min(end, nextGrapheme(text, limit, 1));
}

/**
 * Cut turns [[start, end, …], …] into blocks: `starts` (one more, the text's length), `ends`,
 * `turnOf`, `n`. What lies between turns (labels, time stamps, white space) is in no block.
 */
function cutBlocks(text, turns, max = 600, min = 300) {
  const starts = [];
  const ends = [];
  const turnOf = [];
  const push = (start, end, turn) => {
    starts.push(start);
    ends.push(end);
    turnOf.push(turn);
  };
  turns.forEach(([start, end], turn) => {
    let at = start;
    while (end - at > max) {
      const next = cutAfter(text, at, end, max, min);
      push(at, next, turn);
      at = next;
    }
    if (at < end) push(at, end, turn);
  });
  if (!starts.length) push(0, text.length, 0);
  const n = starts.length;
  return {
    starts: Int32Array.from([...starts, text.length]),
    ends: Int32Array.from(ends),
    turnOf: Int32Array.from(turnOf),
    n,
  };
}

/** The block that holds an offset; one between turns belongs to the block before. */
function blockOf(blocks, offset) {
  return Math.max(0, upper(blocks.starts, offset, blocks.n) - 1);
}

/** The block an end lies in: at a block's beginning it is the end of the one before. */
function blockOfEnd(blocks, offset) {
  const block = blockOf(blocks, offset);
  return block > 0 && offset <= blocks.starts[block] ? block - 1 : block;
}

/** Whether a block is the first of its turn. */
function beginsTurn(blocks, block) {
  return block === 0 || blocks.turnOf[block - 1] !== blocks.turnOf[block];
}

/** [start, end) of the turn that a block belongs to. */
function turnRange(blocks, block) {
  let first = block;
  let last = block;
  while (!beginsTurn(blocks, first)) first -= 1;
  while (last + 1 < blocks.n && !beginsTurn(blocks, last + 1)) last += 1;
  return [blocks.starts[first], blocks.ends[last]];
}

// How tall each block is: guessed until it was measured; and where each begins, in pixels.


/** Heights of the blocks of a text, with the top of each as a running sum. */
class Heights {
  constructor(text, blocks) {
    this.n = blocks.n;
    this.wide = new Int32Array(this.n); // signs of a full width
    this.narrow = new Int32Array(this.n);
    this.lines = new Int32Array(this.n);
    for (let block = 0; block < this.n; block += 1) {
      for (let at = blocks.starts[block]; at < blocks.ends[block]; at += 1) {
        const unit = text.charCodeAt(at);
        if (unit === 10) this.lines[block] += 1;
        else if (unit > 0x1100 && (unit < 0xdc00 || unit > 0xdfff)) this.wide[block] += 1;
        else if (unit < 0xdc00) this.narrow[block] += 1;
      }
    }
    this.height = new Float64Array(this.n);
    this.known = new Uint8Array(this.n);
    this.top = new Float64Array(this.n + 1);
  }

  /** Forget what was measured and guess again from the text's width, font and line (pixels). */
  guess({ width, font, line, extra }) {
    this.known.fill(0);
    for (let block = 0; block < this.n; block += 1) {
      const long = this.wide[block] * font + this.narrow[block] * font * 0.48;
      const lines = Math.max(1, Math.ceil(long / Math.max(width, font))) + this.lines[block];
      this.height[block] = extra + line * lines;
    }
    this.sum();
  }

  /** Take a measured height; true where it is not what was thought. */
  measured(block, height) {
    const differs = Math.abs(this.height[block] - height) > 0.01;
    this.height[block] = height;
    this.known[block] = 1;
    return differs;
  }

  sum() {
    for (let block = 0; block < this.n; block += 1) {
      this.top[block + 1] = this.top[block] + this.height[block];
    }
  }

  /** The block at a distance from the top of the text. */
  blockAt(y) {
    return Math.max(0, Math.min(this.n, upper(this.top, y)) - 1);
  }

  get total() {
    return this.top[this.n];
  }
}

// Find in a text, whatever the case, width and Unicode form; hits are places in it as it is.


/** All places of a query in a text; with turns, only those that lie in what is shown. */
class Finder {
  constructor(text, turns = null) {
    this.source = text;
    this.turns = turns;
    this.starts = turns?.map(([start]) => start);
  }

  /** [[start, end], …] of a query, without overlap, in order; none for an empty query. */
  search(query) {
    this.text ??= folded(this.source);
    const parts = folded(query).text.split(/\s+/).map(escaped);
    if (!parts.some(Boolean)) return [];
    const hits = [];
    const pattern = new RegExp(parts.join("\\s+"), "gu");
    for (const { 0: found, index } of this.text.text.matchAll(pattern)) {
      const hit = this.place(index, index + found.length);
      if (this.isShown(hit)) hits.push(hit);
    }
    return hits;
  }

  place(start, end) {
    const { at } = this.text;
    if (!at) return [start, end];
    let after = end;
    while (at[after] === at[end - 1]) after += 1; // the whole of what was folded into several
    return [at[start], at[after]];
  }

  isShown([start, end]) {
    if (!this.turns?.length) return true;
    const first = this.turns[upper(this.starts, start) - 1];
    const last = this.turns[upper(this.starts, end - 1) - 1];
    return Boolean(first && start < first[1] && end <= last[1]);
  }
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

// Spans -> nested marks in the text of a block.


/** Spans {id, start, end, className, title} by the blocks that they touch. */
class SpanIndex {
  constructor(blocks, spans = []) {
    this.blocks = blocks;
    this.set(spans);
  }

  set(spans) {
    this.byId = new Map();
    this.byBlock = Array.from({ length: this.blocks.n }, () => []);
    for (const span of spans) this.add(span);
  }

  /** Put a span in, in place of one of the same id. */
  add(span) {
    this.remove(span.id);
    this.byId.set(span.id, span);
    for (const block of this.touched(span)) this.byBlock[block].push(span);
  }

  /** Take a span out and return it; undefined where there is none of this id. */
  remove(id) {
    const span = this.byId.get(id);
    if (!span) return undefined;
    this.byId.delete(id);
    for (const block of this.touched(span)) {
      this.byBlock[block] = this.byBlock[block].filter((other) => other !== span);
    }
    return span;
  }

  /** Spans over an offset, the innermost first. */
  at(offset) {
    return this.byBlock[blockOf(this.blocks, offset)]
      .filter(({ start, end }) => start <= offset && offset < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  /** Blocks, in order, that a span touches. */
  touched({ start, end }) {
    const first = blockOf(this.blocks, start);
    const last = Math.max(first, blockOfEnd(this.blocks, end));
    const found = [];
    for (let block = first; block <= last; block += 1) found.push(block);
    return found;
  }
}

/**
 * Put a block's text into an element, with nested marks, the longest outermost; edges are drawn on
 * graphemes. Returns the text nodes and, in `from`, the offset where each begins. Given what it
 * returned before for the same element, pieces at both ends that are as they were stay in the page:
 * the browser need not shape their letters again.
 */
function drawText(element, text, [start, end], spans, { pieces: old = [] } = {}) {
  const pieces = piecesOf(text, start, end, spans);
  const most = Math.min(pieces.length, old.length);
  let head = 0;
  while (head < most && pieces[head].key === old[head].key) head += 1;
  let tail = 0;
  while (tail < most - head && pieces.at(-1 - tail).key === old.at(-1 - tail).key) tail += 1;
  const last = pieces.length - tail;
  const after = old.slice(old.length - tail);
  const kept = [...old.slice(0, head), ...pieces.slice(head, last), ...after];
  for (const piece of old.slice(head, old.length - tail)) piece.top.remove();
  const next = kept[last]?.top ?? null;
  for (const piece of kept.slice(head, last)) {
    piece.node = document.createTextNode(text.slice(piece.from, piece.to));
    piece.top = piece.over.reduceRight(marked, piece.node);
    element.insertBefore(piece.top, next);
  }
  return { from: kept.map(({ from }) => from), nodes: kept.map(({ node }) => node), pieces: kept };
}

/** A block's text cut where marks begin and end: {from, to, over (the marks, outermost first), key
 * (the same for what looks the same)}. */
function piecesOf(text, start, end, spans) {
  const drawn = spans
    .map((span) => ({ span, from: Math.max(span.start, start), to: Math.min(span.end, end) }))
    .filter(({ from, to }) => from < to);
  for (const mark of drawn) [mark.from, mark.to] = snapOut(text, mark.from, mark.to);
  drawn.sort((a, b) => b.to - b.from - (a.to - a.from));
  const edges = new Set([start, end, ...drawn.flatMap(({ from, to }) => [from, to])]);
  const cuts = [...edges].sort((a, b) => a - b);
  const froms = cuts.length > 1 ? cuts.slice(0, -1) : cuts;
  return froms.map((from, place) => {
    const to = cuts[place + 1] ?? end;
    const over = drawn.filter((mark) => mark.from <= from && to <= mark.to).map(({ span }) => span);
    const looks = over.map(({ id, className, title }) => [id, className, title]);
    return { from, to, over, key: JSON.stringify([from, to, looks]) };
  });
}

function marked(inner, span) {
  const mark = document.createElement("mark");
  if (span.className) mark.className = span.className;
  if (span.title) mark.title = span.title;
  mark.dataset.id = span.id;
  mark.append(inner);
  return mark;
}

// Offsets <-> places on the screen, in the blocks that are mounted.


function clamp(value, least, most) {
  return Math.max(least, Math.min(value, most));
}

/** The block of an offset; an end at a block's beginning lies in the one before. */
function blockAt(view, offset, isEnd) {
  return isEnd ? blockOfEnd(view.blocks, offset) : blockOf(view.blocks, offset);
}

/** [text node, place in it] of an offset; null where its block is not mounted. */
function nodeAt(view, offset, isEnd = false) {
  const block = blockAt(view, offset, isEnd);
  const drawn = view.mounted.get(block);
  if (!drawn) return null;
  const at = clamp(offset, view.blocks.starts[block], view.blocks.ends[block]);
  const part = Math.max(0, upper(drawn.from, at) - 1);
  return [drawn.nodes[part], at - drawn.from[part]];
}

/** The offset nearest to a point of the window, in what the scroller shows. */
function offsetAtPoint(view, x, y) {
  const { element, heights } = view;
  const top = element.getBoundingClientRect().top;
  const inside = clamp(y, top + 1, top + element.clientHeight - 1);
  const drawn = view.mounted.get(heights.blockAt(inside - top + element.scrollTop));
  return drawn ? offsetIn(view, drawn, x, inside) : view.selection.focus;
}

/** The offset of a block nearest to a point, which may lie outside of it. */
function offsetIn(view, drawn, x, y) {
  const box = drawn.words.getBoundingClientRect();
  const left = clamp(x, box.left + 1, box.right - 1);
  const top = clamp(y, box.top + 1, box.bottom - 1);
  const root = view.element.getRootNode();
  const shadowRoots = root instanceof ShadowRoot ? [root] : [];
  const found = document.caretPositionFromPoint?.(left, top, { shadowRoots });
  const part = drawn.nodes.indexOf(found?.offsetNode);
  if (part < 0) return nearest(view, drawn, left, top);
  const offset = drawn.from[part] + found.offset;
  return isEdge(view.text, offset) ? offset : graphemeAt(view.text, offset)[0];
}

// where the browser cannot tell: something lies over the text, or it is outside of the window
function nearest(view, drawn, x, y) {
  const end = view.blocks.ends[drawn.block];
  let best = { away: Infinity, offset: drawn.from[0] };
  for (let at = drawn.from[0]; at < end; at = nextGrapheme(view.text, at, 1)) {
    const next = nextGrapheme(view.text, at, 1);
    for (const box of rectsOf(view, at, next)) {
      const across = Math.abs(clamp(x, box.left, box.right) - x);
      const away = Math.abs(clamp(y, box.top, box.bottom) - y) * 1e4 + across;
      const offset = x > (box.left + box.right) / 2 ? next : at;
      if (away < best.away) best = { away, offset };
    }
  }
  return best.offset;
}

function rectsOf(view, start, end) {
  const range = document.createRange();
  range.setStart(...nodeAt(view, start));
  range.setEnd(...nodeAt(view, end, true));
  return range.getClientRects();
}

/** {left, top, bottom, height} of the caret at an offset, in the window; null if not mounted. */
function caretRect(view, offset, isEnd = false) {
  const block = blockAt(view, offset, isEnd);
  const drawn = view.mounted.get(block);
  if (!drawn) return null;
  const [start, end] = [view.blocks.starts[block], view.blocks.ends[block]];
  const at = clamp(offset, start, end);
  const [after, before] = [nextGrapheme(view.text, at, 1), nextGrapheme(view.text, at, -1)];
  const boxes = at < end ? rectsOf(view, at, after) : start < end ? rectsOf(view, before, at) : [];
  const box = at < end ? boxes[0] : boxes[boxes.length - 1];
  const { left, right, top, bottom } = box ?? drawn.words.getBoundingClientRect();
  return { left: at < end || !box ? left : right, top, bottom, height: bottom - top };
}

// The selection, the caret and what was found, drawn over the blocks that are mounted.


const LAYERS = {
  hits: "background-color: var(--cx-hits, Mark); color: var(--cx-hits-ink, MarkText);",
  hit: "background-color: var(--cx-hit, Highlight); color: var(--cx-hit-ink, HighlightText);",
  selection:
    "background-color: var(--cx-selection, Highlight);" +
    "color: var(--cx-selection-ink, HighlightText);",
};

/** Highlights of one view alone; without them the browser's own selection stands for the text's. */
class Overlay {
  constructor(view, native) {
    this.view = view;
    this.native = native || !globalThis.CSS?.highlights;
    this.caret = document.createElement("div");
    this.caret.className = "cx-caret";
    this.caret.setAttribute("aria-hidden", "true");
    const own = `cx-${Math.random().toString(36).slice(2)}`; // their names are the whole page's
    this.names = Object.fromEntries(Object.keys(LAYERS).map((layer) => [layer, `${own}-${layer}`]));
    if (!this.native) this.register();
  }

  register() {
    this.sheet = document.createElement("style");
    Object.entries(LAYERS).forEach(([layer, style], order) => {
      const highlight = new Highlight();
      highlight.priority = order;
      CSS.highlights.set(this.names[layer], highlight);
      this.sheet.append(`::highlight(${this.names[layer]}) { ${style} }\n`);
    });
    this.view.root.append(this.sheet);
  }

  dispose() {
    this.sheet?.remove();
    for (const name of Object.values(this.names)) globalThis.CSS?.highlights?.delete(name);
  }

  /** Draw the hits that lie in what is mounted; `hits` are in order, `starts` theirs. */
  drawHits(hits, starts, current) {
    const { low, high, blocks } = this.view;
    if (this.native || high === 0) return;
    const [start, end] = [blocks.starts[low], blocks.starts[high]];
    const near = hits
      .slice(Math.max(0, upper(starts, start) - 1), upper(starts, end))
      .flatMap((hit) => this.ranges(...hit).map((range) => ({ range, hit })));
    const ranges = (isCurrent) =>
      near.filter(({ hit }) => (hit === current) === isCurrent).map(({ range }) => range);
    this.draw("hits", ranges(false));
    this.draw("hit", ranges(true));
  }

  /** Draw the selection; the caret only where its place may have changed. */
  drawSelection({ caret = true } = {}) {
    if (this.view.high === 0) return;
    const { start, end, anchor, focus } = this.view.selection;
    const ranges = this.ranges(start, end);
    if (this.native) this.mirror(ranges, focus < anchor);
    else this.draw("selection", ranges);
    if (caret) this.placeCaret();
  }

  draw(layer, ranges) {
    const highlight = CSS.highlights.get(this.names[layer]);
    if (highlight.size) highlight.clear();
    for (const [startContainer, startOffset, endContainer, endOffset] of ranges) {
      highlight.add(new StaticRange({ startContainer, startOffset, endContainer, endOffset }));
    }
  }

  // one range a block, so that names between them stay as they are
  ranges(start, end) {
    const { view } = this;
    const { starts, ends } = view.blocks;
    const found = [];
    const first = Math.max(view.low, blockOf(view.blocks, start));
    for (let block = first; block < view.high && starts[block] < end; block += 1) {
      const [from, to] = [Math.max(start, starts[block]), Math.min(end, ends[block])];
      if (from < to) found.push([...nodeAt(view, from), ...nodeAt(view, to, true)]);
    }
    return found;
  }

  mirror(ranges, backward) {
    if (!this.view.element.matches(":focus")) return;
    const selection = document.getSelection();
    const edges = ranges.length ? [ranges[0].slice(0, 2), ranges[ranges.length - 1].slice(2)] : [];
    if (backward) edges.reverse();
    if (edges.length) selection.setBaseAndExtent(...edges[0], ...edges[1]);
    else selection.removeAllRanges();
  }

  placeCaret() {
    const { view, caret } = this;
    const { anchor, focus } = view.selection;
    const rect = caretRect(view, focus, focus > anchor);
    if (!rect) return caret.remove();
    const { article } = view.mounted.get(blockAt(view, focus, focus > anchor));
    const { left, top } = article.getBoundingClientRect();
    if (caret.parentNode !== article) article.append(caret);
    caret.style.transform = `translate(${rect.left - left}px, ${rect.top - top}px)`;
    caret.style.height = `${rect.height}px`;
  }
}

// Mouse, pen and moves -> the selection, which lives as offsets in the view.


const GRAINS = ["character", "word", "sentence", "turn"]; // of one click, two, three, four

/** [start, end) of the word, sentence or turn at an offset. */
function unitAt(view, unit, offset) {
  const [start, end] = turnRange(view.blocks, blockOf(view.blocks, offset));
  const at = Math.max(start, Math.min(offset, end));
  if (unit === "word") return wordAt(view.text, at, view.lang, start, end);
  if (unit === "sentence") return sentenceAt(view.text, at, view.lang, start, end);
  if (unit === "turn") return [start, end];
  return [at, at];
}

/** The selection grown to whole units; one that holds them already gets the next one too. */
function expanded(view, unit) {
  const { start, end } = view.selection;
  const [first, one] = unitAt(view, unit, start);
  const last = end > start ? unitAt(view, unit, nextGrapheme(view.text, end, -1))[1] : one;
  const grown = [Math.min(start, first), Math.max(end, last)];
  if (grown[0] < start || grown[1] > end) return grown;
  return [start, moves[unit](view, end, 1, true)];
}

/** Where a move of one unit leads from the selection's focus. */
function moved(view, unit, direction, extend) {
  const { start, end, focus } = view.selection;
  const collapses = unit === "character" && !extend && start < end;
  if (collapses) return direction > 0 ? end : start;
  return moves[unit](view, focus, direction, extend);
}

const moves = {
  character(view, focus, direction) {
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
    if (direction > 0 ? focus >= end : focus <= start) return neighbour(view, focus, direction);
    const next = nextGrapheme(view.text, focus, direction);
    return Math.max(start, Math.min(next, end));
  },

  word(view, focus, direction) {
    const from = insideTurn(view, focus, direction);
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, from));
    return nextWord(view.text, from, direction, view.lang, start, end);
  },

  sentence(view, focus, direction) {
    let from = insideTurn(view, focus, direction);
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, from));
    while (direction > 0 && from < end && /\s/.test(view.text[from])) from += 1;
    while (direction < 0 && from > start && /\s/.test(view.text[from - 1])) from -= 1;
    if (from === (direction > 0 ? end : start)) return from;
    const at = direction > 0 ? from : nextGrapheme(view.text, from, -1);
    return sentenceAt(view.text, at, view.lang, start, end)[direction > 0 ? 1 : 0];
  },

  turn(view, focus, direction, extend) {
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
    if (direction < 0 && focus > start) return start;
    if (direction > 0 && extend && focus < end) return end;
    const next = neighbour(view, direction > 0 ? end : start, direction);
    const range = turnRange(view.blocks, blockOf(view.blocks, next));
    if (direction < 0) return range[0];
    return extend ? range[1] : next;
  },

  document(view, focus, direction) {
    const { starts, ends, n } = view.blocks;
    return direction > 0 ? ends[n - 1] : starts[0];
  },

  line(view, focus, direction) {
    const { at, drawn, rect } = onScreen(view);
    const box = drawn.words.getBoundingClientRect();
    const y = (rect.top + rect.bottom) / 2 + direction * view.line;
    if (y > box.top && y < box.bottom) return onLine(view, drawn, y);
    const block = at + direction;
    if (block < 0 || block >= view.blocks.n) return moves.document(view, focus, direction);
    const edge = direction > 0 ? view.blocks.starts[block] : view.blocks.ends[block];
    view.reveal(edge, direction < 0);
    const next = view.mounted.get(block);
    const { top, bottom } = next.words.getBoundingClientRect();
    return onLine(view, next, direction > 0 ? top + view.line / 2 : bottom - view.line / 2);
  },

  page(view, focus, direction) {
    const { rect } = onScreen(view);
    const before = view.element.scrollTop;
    view.scrollBy(direction * (view.viewHeight - 2 * view.line));
    if (view.element.scrollTop === before) return moves.document(view, focus, direction);
    return offsetAtPoint(view, view.goal, (rect.top + rect.bottom) / 2);
  },
};

// the edge of the turn beside: its beginning going on, its end going back
function neighbour(view, offset, direction) {
  const { starts, ends, n } = view.blocks;
  let block = blockOf(view.blocks, offset);
  if (direction < 0) {
    while (!beginsTurn(view.blocks, block)) block -= 1;
    return block > 0 ? ends[block - 1] : starts[0];
  }
  do block += 1;
  while (block < n && !beginsTurn(view.blocks, block));
  return block < n ? starts[block] : ends[n - 1];
}

function insideTurn(view, focus, direction) {
  const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
  const atEdge = direction > 0 ? focus >= end : focus <= start;
  return atEdge ? neighbour(view, focus, direction) : focus;
}

function onScreen(view) {
  const { anchor, focus } = view.selection;
  view.reveal(focus, focus > anchor);
  const at = blockAt(view, focus, focus > anchor);
  const rect = caretRect(view, focus, focus > anchor);
  view.goal ??= rect.left;
  return { at, drawn: view.mounted.get(at), rect };
}

// an offset where lines wrap is drawn on the lower one: there the upper line ends a sign earlier
function onLine(view, drawn, y) {
  const offset = offsetIn(view, drawn, view.goal, y);
  const isLower = caretRect(view, offset, offset > drawn.from[0]).top > y;
  return isLower ? nextGrapheme(view.text, offset, -1) : offset;
}

/** Clicks and drags of a view's scroller. */
class Pointer {
  constructor(view) {
    this.view = view;
    this.drag = null;
    this.down = undefined; // the pointer that is pressed
    const on = (type, act) => view.element.addEventListener(type, act.bind(this));
    on("pointerdown", (event) => {
      this.down = event.pointerId;
    });
    on("mousedown", this.press);
    on("pointermove", this.follow);
    for (const type of ["pointerup", "pointercancel"]) on(type, this.release);
  }

  press(event) {
    const { element } = this.view;
    const { left, top } = element.getBoundingClientRect();
    const [x, y] = [event.clientX, event.clientY];
    const onBar = x - left > element.clientWidth || y - top > element.clientHeight;
    if (event.defaultPrevented || event.button !== 0 || onBar) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    const offset = offsetAtPoint(this.view, x, y);
    const grain = GRAINS[Math.min(event.detail, GRAINS.length) - 1] ?? "character";
    const { anchor } = this.view.selection;
    const goesOn = event.shiftKey && grain === "character";
    this.drag = { grain, base: goesOn ? [anchor, anchor] : unitAt(this.view, grain, offset) };
    this.extend(offset);
    // a finger was lifted before the browser told of a mouse
    if (this.down === undefined) this.drag = null;
    else element.setPointerCapture(this.down);
  }

  follow(event) {
    if (!this.drag) return;
    if (!(event.buttons & 1)) {
      this.release();
      return;
    }
    this.drag.point = [event.clientX, event.clientY];
    this.drag.frame ??= requestAnimationFrame(() => this.step());
  }

  release() {
    this.down = undefined;
    if (!this.drag) return;
    cancelAnimationFrame(this.drag.frame);
    if (this.drag.point) this.extend(offsetAtPoint(this.view, ...this.drag.point));
    this.drag = null;
  }

  // one frame of a drag; outside of the scroller it goes on, faster the farther away
  step() {
    const { view, drag } = this;
    if (!drag) return;
    drag.frame = null;
    const [x, y] = drag.point;
    const { top } = view.element.getBoundingClientRect();
    const away = Math.min(0, y - top) || Math.max(0, y - top - view.viewHeight);
    if (away) view.scrollBy(Math.sign(away) * Math.min(120, 6 + Math.abs(away)));
    this.extend(offsetAtPoint(view, x, y));
    if (away) drag.frame = requestAnimationFrame(() => this.step());
  }

  extend(offset) {
    const { grain, base } = this.drag;
    const [start, end] = unitAt(this.view, grain, offset);
    const [anchor, focus] = start < base[0] ? [base[1], start] : [base[0], Math.max(end, base[1])];
    this.view.select(anchor, focus, { reveal: false });
  }
}

// A transcript of any length in a scroller: only the blocks near what is seen are in the page.


const SPARE = 900; // pixels mounted beyond each edge
const REST = 120; // milliseconds without scrolling after which the first line is noted

function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/**
 * A windowed transcript. All offsets are UTF-16. Options:
 * root: shadow root or element that gets the styles of the highlights, and the scroller unless
 *   `parent` is given (it may be moved later)
 * text, turns: [[start, end, …], …] in order; spans: as `setSpans` takes them
 * lang: of the transcript or ""; name: of the feed
 * speakerOf(turn) -> string, for the first block of a turn (an index of `turns`)
 * describe(block) -> string, label(block) -> string: hidden text and aria-label of an article;
 *   a block is {index, start, end, turn, first (of its turn), spans}
 * onPaint(block, margin): after a block was drawn; `margin` is an empty element beside it
 * onRender(): after other blocks were mounted; onSelect(selection); onTop(offset): first line
 */
class Transcript {
  constructor(options) {
    const { root, parent = root, text, turns = [], spans, lang = "", native } = options;
    Object.assign(this, { options, root, text, lang });
    this.blocks = cutBlocks(text, turns.length ? turns : [[0, text.length]]);
    this.heights = new Heights(text, this.blocks);
    this.spans = new SpanIndex(this.blocks, spans);
    this.overlay = new Overlay(this, native);
    this.mounted = new Map();
    [this.low, this.high, this.width, this.viewHeight, this.line] = [0, 0, 0, 0, 24];
    this.dirty = null; // blocks to draw when what acts is through
    this.goal = null; // where up and down aim at, pixels of the window
    this.kept = null; // the first line: {offset, below} or, while scrolling, {block, below}
    this.asked = null; // what was to be revealed while there was no size
    this.setHits([]);
    this.selection = spanOf(this.blocks.starts[0], this.blocks.starts[0]);
    this.build();
    parent.append(this.element);
    this.listen();
    this.resized();
  }

  build() {
    const { name = "" } = this.options;
    const attributes = { role: "feed", tabindex: "0", "aria-label": name };
    this.element = make("div", "cx-transcript", attributes);
    this.spacer = make("div", "cx-spacer", { role: "presentation" });
    this.layer = make("div", "cx-layer", { role: "presentation" });
    if (this.lang) this.element.lang = this.lang;
    this.spacer.append(this.layer);
    this.element.append(this.spacer);
  }

  listen() {
    this.pointer = new Pointer(this);
    this.element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.element.addEventListener("copy", (event) => this.copy(event));
    this.element.addEventListener("animationstart", (event) => {
      if (event.animationName === "cx-attached") this.resized();
    });
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.element);
    this.fontsCame = () => this.refresh();
    document.fonts?.addEventListener("loadingdone", this.fontsCame);
  }

  dispose() {
    this.observer.disconnect();
    this.pointer.drag = null;
    clearTimeout(this.resting);
    document.fonts?.removeEventListener("loadingdone", this.fontsCame);
    this.overlay.dispose();
    this.element.remove();
  }

  // spans and hits

  /** Replace all spans {id, start, end, className, title}. */
  setSpans(spans) {
    this.spans.set(spans);
    this.repaint([...this.mounted.keys()]);
  }

  /** Draw a span, in place of one of the same id. */
  addSpan(span) {
    const old = this.spans.remove(span.id);
    this.spans.add(span);
    const before = old ? this.spans.touched(old) : [];
    this.repaint([...new Set([...before, ...this.spans.touched(span)])]);
  }

  removeSpan(id) {
    const span = this.spans.remove(id);
    if (span) this.repaint(this.spans.touched(span));
  }

  /** Ids of the spans over an offset, the shortest first. */
  spansAt(offset) {
    return this.spans.at(offset).map(({ id }) => id);
  }

  /** Show what was found, [[start, end], …] in order; `current` is one of them by its place. */
  setHits(ranges, current = -1) {
    this.hits = ranges;
    this.hitStarts = Int32Array.from(ranges, ([start]) => start);
    this.hit = ranges[current] ?? null;
    this.drawHits();
  }

  // selection

  /** Select from anchor to focus; what is drawn and scrolled follows from it. */
  select(anchor, focus, { reveal = true } = {}) {
    const inside = (offset) => Math.max(0, Math.min(offset, this.text.length));
    this.selection = spanOf(inside(anchor), inside(focus));
    this.goal = null;
    if (reveal) this.reveal(this.selection.focus, focus > anchor);
    this.overlay.drawSelection();
    this.options.onSelect?.(this.selection);
  }

  /** Move by character, word, sentence, line, page, turn or document; direction is 1 or -1. */
  move(unit, direction, { extend = false } = {}) {
    if (unit !== "line" && unit !== "page") this.goal = null;
    const focus = moved(this, unit, direction, extend);
    const { goal } = this;
    this.select(extend ? this.selection.anchor : focus, focus);
    this.goal = goal;
  }

  /** Grow the selection to whole units (word, sentence, turn); again for the next one. */
  expand(unit) {
    this.select(...expanded(this, unit));
  }

  // places

  /** The offset of the first line that is seen. */
  get topOffset() {
    return this.kept?.offset ?? this.blocks.starts[this.kept?.block ?? 0];
  }

  /** Scroll as little as needed to show an offset; an end is shown in the block before it. */
  reveal(offset, isEnd = false) {
    this.asked = this.viewHeight ? null : [offset, isEnd];
    if (this.asked) return;
    const block = blockAt(this, offset, isEnd);
    if (!this.mounted.has(block)) this.bring(block, this.viewHeight / 3);
    const rect = caretRect(this, offset, isEnd);
    const top = this.element.getBoundingClientRect().top + this.line;
    const bottom = top + this.viewHeight - 2 * this.line;
    if (rect.top < top) this.scrollBy(rect.top - top);
    else if (rect.bottom > bottom) this.scrollBy(rect.bottom - bottom);
  }

  /** Scroll by pixels, with what comes into view in its place at once. */
  scrollBy(pixels) {
    this.element.scrollTop += pixels;
    this.render();
  }

  /** The offset nearest to a point of the window. */
  offsetAt(x, y) {
    return offsetAtPoint(this, x, y);
  }

  /** {left, top, bottom, height} of the caret at an offset; null where it is not mounted. */
  rectOf(offset, isEnd = false) {
    return caretRect(this, offset, isEnd);
  }

  // size

  /** Measure anew (fonts, styles), with the same line first. */
  refresh() {
    this.width = 0;
    this.resized();
  }

  resized() {
    const { clientWidth, clientHeight } = this.element;
    this.viewHeight = clientWidth && clientHeight; // hidden, it has no size that counts
    if (!this.viewHeight) return;
    if (clientWidth !== this.width) {
      this.width = clientWidth;
      this.heights.guess(this.measure());
      this.unmount([...this.mounted.keys()]);
    }
    this.restore();
  }

  measure() {
    const { article, words } = this.article(0);
    words.replaceChildren("x");
    this.layer.append(article);
    const box = words.getBoundingClientRect();
    const measures = {
      width: words.clientWidth,
      font: parseFloat(getComputedStyle(words).fontSize),
      line: box.height,
      extra: article.getBoundingClientRect().height - box.height,
    };
    article.remove();
    this.line = measures.line;
    return measures;
  }

  // the first line again where it was, after anything that moved it
  restore() {
    const { kept } = this;
    this.spacer.style.height = `${this.heights.total}px`;
    if (kept) this.bring(kept.block ?? blockOf(this.blocks, kept.offset), kept.below);
    else this.render(true);
    if (kept?.offset !== undefined) this.scrollBy(this.below(kept.offset) - kept.below);
    this.restored = this.element.scrollTop;
    if (this.asked) this.reveal(...this.asked);
    this.overlay.drawSelection();
    if (!kept) this.note();
  }

  // scroll until a block begins so far below the upper edge
  bring(block, below) {
    let thought;
    do {
      thought = this.heights.top[block]; // it moves when what is above is measured
      this.element.scrollTop = thought - below;
      this.render(true);
    } while (this.heights.top[block] !== thought);
  }

  // how far below the upper edge the line of an offset begins
  below(offset) {
    return caretRect(this, offset).top - this.element.getBoundingClientRect().top;
  }

  scrolled() {
    if (!this.viewHeight || !this.element.clientHeight) return;
    this.render();
    if (Math.abs(this.element.scrollTop - this.restored) <= 1) return;
    this.restored = NaN;
    const block = this.heights.blockAt(this.element.scrollTop);
    this.kept = { block, below: this.heights.top[block] - this.element.scrollTop };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.note(), REST);
  }

  note() {
    // between a change and the event that tells of it nothing can be said
    const isKnown = this.mounted.has(this.heights.blockAt(this.element.scrollTop));
    if (!this.viewHeight || !this.element.clientHeight || !isKnown) return;
    const { left, top } = this.element.getBoundingClientRect();
    const offset = offsetAtPoint(this, left, top);
    this.kept = { offset, below: this.below(offset) };
    this.options.onTop?.(offset);
  }

  // what is mounted

  render(force = false) {
    const { heights, blocks, viewHeight } = this;
    if (!viewHeight) return;
    const y = this.element.scrollTop;
    const [first, last] = [heights.blockAt(y), heights.blockAt(y + viewHeight) + 1];
    if (!force && this.isEnough(first, last, y)) return;
    const low = heights.blockAt(y - SPARE);
    const high = Math.min(blocks.n, heights.blockAt(y + viewHeight + SPARE) + 1);
    const anchor = this.mounted.has(first) ? first : -1;
    const above = heights.top[first] - y;
    const same = low === this.low && high === this.high;
    const fresh = this.mount(low, high);
    const moves = fresh.filter(
      (drawn) =>
        !heights.known[drawn.block] &&
        heights.measured(drawn.block, drawn.article.getBoundingClientRect().height),
    );
    if (moves.length) heights.sum();
    this.spacer.style.height = `${heights.total}px`;
    this.layer.style.top = `${heights.top[low]}px`;
    const held = anchor < 0 ? y : heights.top[anchor] - above;
    if (moves.length && Math.abs(held - y) > 0.5) this.element.scrollTop = held;
    if (same && !fresh.length) return;
    const now = this.element.scrollTop;
    const isShort = high < blocks.n && heights.top[high] < now + viewHeight;
    if (isShort || (low > 0 && heights.top[low] > now)) this.render(true); // guesses too tall
    this.drawHits();
    this.overlay.drawSelection();
    this.options.onRender?.();
  }

  isEnough(first, last, y) {
    if (first < this.low || last > this.high) return false;
    const { top } = this.heights;
    const above = this.low === 0 ? Infinity : y - top[this.low];
    const below = this.high === this.blocks.n ? Infinity : top[this.high] - y - this.viewHeight;
    return Math.min(above, below) > SPARE / 2;
  }

  mount(low, high) {
    this.unmount([...this.mounted.keys()].filter((block) => block < low || block >= high));
    const fresh = [];
    let next = null;
    for (let block = high - 1; block >= low; block -= 1) {
      let drawn = this.mounted.get(block);
      if (!drawn) {
        drawn = this.article(block);
        this.mounted.set(block, drawn);
        this.paint(drawn);
        this.layer.insertBefore(drawn.article, next);
        fresh.push(drawn);
      }
      next = drawn.article;
    }
    [this.low, this.high] = [low, high];
    return fresh;
  }

  unmount(blocks) {
    for (const block of blocks) {
      const { article } = this.mounted.get(block);
      const active = this.root.activeElement ?? document.activeElement;
      if (article.contains(active)) this.element.focus({ preventScroll: true });
      article.remove();
      this.mounted.delete(block);
    }
  }

  article(block) {
    const first = beginsTurn(this.blocks, block);
    const article = make("article", first ? "cx-block" : "cx-block cx-continued", {
      "aria-posinset": block + 1,
      "aria-setsize": this.blocks.n,
      tabindex: "-1",
    });
    const who = make("div", "cx-speaker");
    const words = make("div", "cx-words");
    const codes = make("div", "cx-hidden");
    const margin = make("div", "cx-margin");
    if (first) who.textContent = this.options.speakerOf?.(this.blocks.turnOf[block]) ?? "";
    article.append(who, words, codes, margin);
    return { block, article, words, codes, margin, from: [], nodes: [] };
  }

  paint(drawn) {
    const { block } = drawn;
    const [start, end] = [this.blocks.starts[block], this.blocks.ends[block]];
    const [spans, first] = [this.spans.byBlock[block], beginsTurn(this.blocks, block)];
    const told = { index: block, start, end, turn: this.blocks.turnOf[block], first, spans };
    Object.assign(drawn, drawText(drawn.words, this.text, [start, end], spans, drawn));
    const codes = this.options.describe?.(told) ?? "";
    if (drawn.codes.textContent !== codes) drawn.codes.textContent = codes;
    drawn.article.setAttribute("aria-label", this.options.label?.(told) ?? "");
    this.options.onPaint?.(told, drawn.margin);
  }

  /** Act, and draw each block that changes once. */
  together(act) {
    if (this.dirty) return act();
    const dirty = (this.dirty = new Set());
    try {
      return act();
    } finally {
      this.dirty = null;
      if (dirty.size) this.repaint(dirty);
    }
  }

  repaint(blocks) {
    if (this.dirty) return blocks.forEach((block) => this.dirty.add(block));
    for (const block of blocks) if (this.mounted.has(block)) this.paint(this.mounted.get(block));
    this.drawHits();
    this.overlay.drawSelection({ caret: false }); // marks move nothing
  }

  drawHits() {
    this.overlay.drawHits(this.hits, this.hitStarts, this.hit);
  }

  copy(event) {
    const { start, end } = this.selection;
    if (start === end) return;
    event.clipboardData.setData("text/plain", this.text.slice(start, end));
    event.preventDefault();
  }
}

function spanOf(anchor, focus) {
  const [start, end] = [Math.min(anchor, focus), Math.max(anchor, focus)];
  return Object.freeze({ anchor, focus, start, end });
}

// Ops: made in the page, as they go over the wire (code points), and as a browser may keep them.

/** Parent of the codes that are words of the transcript. */
const IN_VIVO = "in vivo";

/** A new id of 20 random characters. */
function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An op with an id of its own. */
function makeOp(op, fields) {
  return { op, op_id: freshId(), ...fields };
}

const points = (text) => Array.from(text);

/** First and last words of a span: at most 12 code points each. */
function proofOf(text, start, end) {
  const first = points(text.slice(start, Math.min(end, start + 24)))
    .slice(0, 12)
    .join("");
  let from = Math.max(start, end - 24);
  if (from > start && /[\udc00-\udfff]/.test(text[from])) from += 1;
  return { first, last: points(text.slice(from, end)).slice(-12).join("") };
}

/** The selection without blanks at its ends: {start, end, trimmed}. */
function trimSpan(text, start, end) {
  const words = text.slice(start, end);
  const from = start + (words.length - words.trimStart().length);
  const to = end - (words.length - words.trimEnd().length);
  return { start: from, end: Math.max(from, to), trimmed: from !== start || to !== end };
}

/** Name of a code that is a customer's words: one line, at most 40 graphemes. */
function inVivoName(text, start, end) {
  const words = text
    .slice(start, Math.min(end, start + 2000))
    .replace(/\s+/gu, " ")
    .trim();
  const parts = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(words);
  let cut = "";
  let n = 0;
  for (const { segment } of parts) {
    n += 1;
    if (n > 40) break;
    cut += segment;
  }
  return cut.trim();
}

/** The op as the kernel reads it: offsets in code points, spans with their proof. */
function toWireOp(op, text, map) {
  const { vivo: _vivo, at: _at, coder: _coder, ...wire } = op;
  if (op.start !== undefined) {
    Object.assign(wire, proofOf(text, op.start, op.end));
    wire.start = map.toPoints(op.start);
    wire.end = map.toPoints(op.end);
  }
  if (op.to !== undefined) wire.to = map.toPoints(op.to);
  return wire;
}

/** The kernel's op in offsets of the page. */
function fromWireOp(wire, map) {
  const { first: _first, last: _last, ...op } = wire;
  if (op.start !== undefined) {
    op.start = map.toUtf16(op.start);
    op.end = map.toUtf16(op.end);
  }
  if (op.to !== undefined) op.to = map.toUtf16(op.to);
  return op;
}

const nameHash = (name) => {
  let hash = 0x811c9dc5n;
  for (const unit of new TextEncoder().encode(name)) {
    hash = ((hash ^ BigInt(unit)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(36);
};

/** An entry {op, t, vivo} of the queue without a word of the transcript: proofs are left out, names
 * of codes in vivo become a place (`vivo`, code points) or a hash. */
function packEntry({ op, t, vivo }, isVivo) {
  const { first: _first, last: _last, ...packed } = op;
  if (vivo) delete packed.code;
  for (const field of ["code", "parent"]) {
    if (packed[field] && isVivo(packed[field])) packed[field] = { hash: nameHash(packed[field]) };
  }
  return { op: packed, t, vivo };
}

/** Entries as they were before they were packed; one whose name cannot be found is left out. */
function unpackEntries(entries, { text, map, names }) {
  const known = new Map(names.map((name) => [nameHash(name), name]));
  return entries.flatMap(({ op, t, vivo }) => {
    const whole = { ...op };
    if (vivo) {
      whole.code = inVivoName(text, map.toUtf16(vivo[0]), map.toUtf16(vivo[1]));
      known.set(nameHash(whole.code), whole.code);
    }
    for (const field of ["code", "parent"]) {
      if (whole[field]?.hash) whole[field] = known.get(whole[field].hash);
      if (op[field] && whole[field] === undefined) return [];
    }
    if (op.start !== undefined) {
      Object.assign(whole, proofOf(text, map.toUtf16(op.start), map.toUtf16(op.end)));
    }
    return [{ op: whole, t, vivo }];
  });
}

// What is coded: the kernel's codings, the ops since, and what is counted from them. No page in it.

const PALETTE_SIZE = 6;

const emptySnapshot = () => ({ codings: new Map(), codes: new Map(), readTo: 0, memo: "" });

const copySnapshot = (from) => ({
  ...from,
  codings: new Map(from.codings),
  codes: new Map(from.codes),
});

// what was settled says of which codings it was made, why, whether the code holds, and who decided
const SETTLED_FIELDS = ["from", "reason", "holds", "decided_by"];
const settledFields = (op) =>
  Object.fromEntries(SETTLED_FIELDS.filter((name) => name in op).map((name) => [name, op[name]]));

const asList = (value) => (Array.isArray(value) ? value : [value]);

/** One op on a snapshot, in place; the id of the coding that it changed, or null. */
function applyOp(snapshot, op, coder) {
  const { codings, codes } = snapshot;
  const { op: kind, id } = op;
  if (kind === "add") {
    const { start, end, code, memo = "", uncertain = false } = op;
    const by = op.coder ?? coder;
    const own = { id, start, end, code, memo, uncertain, coder: by, mine: by === coder };
    codings.set(id, { ...own, ...settledFields(op) });
    return id;
  }
  if (kind === "edit" && codings.has(id)) {
    const { start, end, code, memo, uncertain, gloss } = op;
    const given = Object.entries({ start, end, code, memo, uncertain, gloss });
    const changed = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    codings.set(id, { ...codings.get(id), ...changed, ...settledFields(op) });
    return id;
  }
  if (kind === "remove" && codings.delete(id)) return id;
  if (kind === "read") snapshot.readTo = op.to;
  if (kind === "memo") snapshot.memo = op.text;
  if (kind === "code" && !codes.has(op.code)) {
    const { code: name, parent = null, kind: sort = null, definition = "" } = op;
    codes.set(name, { name, label: name, parent, kind: sort, definition, made: true });
  }
  return null;
}

/** The ops that no undo in force takes back. */
function opsInForce(ops) {
  const off = new Set();
  const left = [];
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i];
    if (off.has(op.op_id)) continue;
    if (op.op === "undo") asList(op.undoes).forEach((id) => off.add(id));
    else left.push(op);
  }
  return left.reverse();
}

/** Stacks of what Ctrl+Z and Ctrl+Shift+Z take next; an entry is a list of op ids. */
class UndoStacks {
  constructor({ done = [], undone = [] } = {}) {
    this.done = done.map(asList);
    this.undone = undone.map(({ undo, step }) => ({ undo: [undo], entry: step }));
  }

  take(op) {
    const { batch } = op;
    if (op.op !== "undo") {
      const last = this.done.at(-1);
      if (batch && last?.batch === batch) last.push(op.op_id);
      else this.done.push(Object.assign([op.op_id], { batch }));
      this.undone = [];
      return;
    }
    const targets = new Set(asList(op.undoes));
    const redone = this.undone.findIndex(({ undo }) => undo.some((id) => targets.has(id)));
    if (redone >= 0) {
      const [{ entry }] = this.undone.splice(redone, 1);
      this.done.push(entry);
      return;
    }
    const at = this.done.findLastIndex((entry) => entry.some((id) => targets.has(id)));
    if (at < 0) return;
    const [entry] = this.done.splice(at, 1);
    this.undone.push({ undo: [op.op_id], entry });
  }
}

/** The codings of one document as one view sees them; offsets are the page's (UTF-16). */
class CodingState {
  constructor(coder) {
    this.coder = coder;
    this.ops = [];
    this.base = this.now = emptySnapshot();
    this.recents = [];
    this.lock = null;
    this.filter = { kind: "all", code: null };
    this.version = 0;
  }

  /** What the kernel says: `codings` and the rest stood before the ops of `tail`; ops that are not
   * acknowledged yet stay on top. Returns changed ids. */
  load({ codings, codes, pinned, units, readTo, memo, undo, elsewhere = [], tail = [] }) {
    this.base = {
      codings: new Map(codings.map((coding) => [coding.id, coding])),
      codes: new Map(codes.map((code) => [code.name, code])),
      readTo,
      memo,
    };
    this.told = pinned;
    this.units = units;
    this.baseStacks = undo;
    this.elsewhere = new Set(elsewhere);
    const told = new Set(tail.map((op) => op.op_id));
    const waiting = this.ops.filter((op) => op.pending && !told.has(op.op_id));
    this.ops = [...tail.map((op) => ({ ...op, isOld: true })), ...waiting];
    if (!this.recents.length) {
      const codes = codings.filter(({ mine }) => mine).map(({ code }) => code);
      this.recents = [...new Set(codes.reverse())].slice(0, 9);
    }
    return this.recompute();
  }

  /** Applies an op made here (`pending`) or told by the kernel; returns changed ids of codings. */
  apply(op, { pending = false } = {}) {
    if (this.ops.some((known) => known.op_id === op.op_id)) return this.acked([op]);
    const mine = pending || op.coder === undefined || op.coder === this.coder;
    const held = { ...op, pending };
    const waiting = pending ? -1 : this.ops.findIndex((known) => known.pending);
    this.ops.splice(waiting < 0 ? this.ops.length : waiting, 0, held);
    if (pending && op.op === "add") this.used(op.code);
    if (waiting >= 0 || op.op === "undo") return this.recompute();
    const id = applyOp(this.now, op, this.coder);
    if (mine) this.stacks.take(op);
    this.version += 1;
    return id === null ? [] : [id];
  }

  /** The kernel has these ops; their place is that of their time. */
  acked(ops) {
    const told = new Set(ops.map((op) => op.op_id));
    for (const known of this.ops) if (told.has(known.op_id)) known.pending = false;
    const at = this.ops.findIndex((known) => known.pending);
    if (at < 0 || this.ops.slice(at).every((known) => known.pending)) return [];
    this.ops = [...this.ops.filter((op) => !op.pending), ...this.ops.filter((op) => op.pending)];
    return this.recompute();
  }

  /** Takes back an op that the kernel refused; returns changed ids. */
  refuse(opId) {
    const before = this.ops.length;
    this.ops = this.ops.filter((op) => op.op_id !== opId);
    return this.ops.length === before ? [] : this.recompute();
  }

  /** Ops on other interviews: the codes that they use must stay. */
  usedElsewhere(ops) {
    for (const { op, code } of ops) if (code && op !== "code") this.elsewhere.add(code);
  }

  /** What Ctrl+Z takes back next: ids of ops, none where there is nothing. A code that another
   * interview has, or that stands above another code, stays. */
  nextUndo() {
    const made = new Map(this.ops.map((op) => [op.op_id, op.op === "code" ? op.code : null]));
    const above = (name, ids) =>
      [...this.codes.values()].some(
        (code) => code.parent === name && !ids.some((id) => made.get(id) === code.name),
      );
    const isKept = (id, ids) =>
      made.get(id) && (this.elsewhere.has(made.get(id)) || above(made.get(id), ids));
    for (const entry of this.stacks.done.toReversed()) {
      const ids = entry.filter((id) => !isKept(id, entry));
      if (ids.length) return ids;
    }
    return [];
  }

  /** What Ctrl+Shift+Z does again next: ids of undos, none where there is nothing. */
  nextRedo() {
    return this.stacks.undone.at(-1)?.undo ?? [];
  }

  /** True where an undo names, at whatever remove, what was done before the ops that are known. */
  isBeyond(op) {
    if (op.op !== "undo") return false;
    const known = new Map(this.ops.map((each) => [each.op_id, each]));
    const isUnknown = (id) => !known.has(id) || this.isBeyond(known.get(id));
    return asList(op.undoes).some(isUnknown);
  }

  recompute() {
    const before = this.now.codings;
    this.now = copySnapshot(this.base);
    this.stacks = new UndoStacks(this.baseStacks);
    for (const op of opsInForce(this.ops)) applyOp(this.now, op, this.coder);
    for (const op of this.ops) {
      const isMine = op.coder === undefined || op.coder === this.coder;
      if (isMine && !op.isOld) this.stacks.take(op); // the kernel's stacks know the old ones
    }
    this.version += 1;
    const ids = new Set([...before.keys(), ...this.now.codings.keys()]);
    return [...ids].filter((id) => !sameCoding(before.get(id), this.now.codings.get(id)));
  }

  get codings() {
    return this.now.codings;
  }

  get codes() {
    return this.now.codes;
  }

  /** The newest nine codes that this coder used. */
  used(code) {
    this.recents = [code, ...this.recents.filter((name) => name !== code)].slice(0, 9);
  }

  label(code) {
    return this.codes.get(code)?.label || code;
  }

  /** Place of a code in the list: it has the colour of that place in the palette. */
  colourOf(code) {
    if (this.colourVersion !== this.codes.size) {
      this.colourVersion = this.codes.size;
      this.places = new Map([...this.codes.keys()].map((name, i) => [name, i % PALETTE_SIZE]));
    }
    return this.places.get(code) ?? 0;
  }

  /** Codes of the keys 1 to 9: those that the kernel tells, then those made since. */
  get pinned() {
    if (this.pinnedVersion !== this.version) {
      const made = [...this.codes.values()].filter((code) => code.made).map(({ name }) => name);
      const names = [...new Set([...this.told, ...made])].filter((name) => this.codes.has(name));
      Object.assign(this, { inKeys: names.slice(0, 9), pinnedVersion: this.version });
    }
    return this.inKeys;
  }

  /** The key 1 to 9 of a pinned code, or an empty text. */
  keyOf(code) {
    const at = this.pinned.indexOf(code);
    return at >= 0 && at < 9 ? String(at + 1) : "";
  }

  /** Codings in the order of the text, cached until something changes. */
  sorted() {
    if (this.sortedVersion !== this.version) {
      this.sortedVersion = this.version;
      this.inOrder = [...this.codings.values()].sort(
        (a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1),
      );
    }
    return this.inOrder;
  }

  /** Codings that cover an offset, the shortest first. */
  at(offset) {
    return this.sorted()
      .filter(({ start, end }) => start <= offset && offset <= end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  same(start, end, code) {
    return this.sorted().find(
      (one) => one.mine && one.start === start && one.end === end && one.code === code,
    );
  }

  /** True for a coding that the filter lets stand out. */
  passes(coding) {
    const { kind, code } = this.filter;
    if (kind === "mine") return coding.mine;
    if (kind === "uncertain") return coding.uncertain;
    if (kind === "code") return coding.code === code;
    return kind !== "uncoded";
  }

  /** The next thing that the filter shows from an offset: {start, end, id?}, or null. */
  step(offset, direction, currentId) {
    const list =
      this.filter.kind === "uncoded"
        ? this.uncodedUnits().map(([start, end]) => ({ start, end }))
        : this.sorted().filter((coding) => this.passes(coding));
    const at = currentId ? list.findIndex(({ id }) => id === currentId) : -1;
    if (at >= 0) return list[at + direction] ?? null;
    if (direction > 0) return list.find(({ start }) => start > offset) ?? null;
    return list.findLast(({ start }) => start < offset) ?? null;
  }

  /** Number of codings of each code, and of the codes below it. */
  counts() {
    if (this.countVersion === this.version) return this.counted;
    const counted = new Map();
    const entry = (name) => counted.get(name) ?? counted.set(name, { own: 0, all: 0 }).get(name);
    for (const { code } of this.codings.values()) {
      entry(code).own += 1;
      const seen = new Set();
      for (let at = code; at && !seen.has(at); at = parentOf(this.codes.get(at))) {
        seen.add(at);
        entry(at).all += 1;
      }
    }
    this.countVersion = this.version;
    return (this.counted = counted);
  }

  coverage() {
    if (this.coverVersion === this.version) return this.covered;
    const covered = new Uint8Array(this.units.length);
    let from = 0;
    for (const { start, end, mine } of this.sorted()) {
      if (!mine) continue;
      while (from < this.units.length && this.units[from][1] <= start) from += 1;
      for (let i = from; i < this.units.length && this.units[i][0] < end; i++) covered[i] = 1;
    }
    this.coverVersion = this.version;
    return (this.covered = covered);
  }

  uncodedUnits() {
    const covered = this.coverage();
    return this.units.filter((_unit, i) => !covered[i]);
  }

  /** Units read, of all, with a coding of mine, and the number of my codings. */
  progress() {
    const read = this.units.filter(([, end]) => end <= this.now.readTo).length;
    const coded = this.coverage().reduce((sum, one) => sum + one, 0);
    let mine = 0;
    for (const coding of this.codings.values()) mine += coding.mine ? 1 : 0;
    return { read, units: this.units.length, coded, codings: mine };
  }
}

const FIELDS = ["start", "end", "code", "memo", "uncertain", "gloss", "coder", "holds", "reason"];
const sameCoding = (a, b) => a === b || (a && b && FIELDS.every((name) => a[name] === b[name]));

/** What a code stands under: its parent, else its theme. */
function parentOf(code) {
  return code?.parent || code?.theme || null;
}

/** Codes as rows of a tree, parents first: [{name, label, depth, hasCode, children}]. */
function treeRows(codes, names = [...codes.keys()]) {
  const children = new Map();
  const under = (parent) => children.get(parent) ?? children.set(parent, []).get(parent);
  const wanted = new Set(names);
  for (const name of names) {
    const parent = parentOf(codes.get(name));
    if (parent && !wanted.has(parent) && !children.has(parent)) {
      if (!under(null).includes(parent)) under(null).push(parent);
    }
    under(parent === name ? null : parent).push(name);
  }
  const rows = [];
  const seen = new Set();
  const add = (name, depth, parent) => {
    if (seen.has(name)) return;
    seen.add(name);
    const below = children.get(name) ?? [];
    const hasCode = codes.has(name);
    const label = codes.get(name)?.label || name;
    rows.push({ name, label, depth, parent, hasCode, children: below.length });
    for (const child of below) add(child, depth + 1, name);
  };
  for (const name of children.get(null) ?? []) add(name, 0, null);
  for (const name of names) add(name, 0, null);
  return rows;
}

// Changes the kernel has not acknowledged: kept in the page's storage without words of the
// transcript, sent in order until they are acknowledged, counted for the status.


const ACK_WITHIN = 3000; // milliseconds without an ack before the kernel is asked whether it lives
const AT_ONCE = 200; // ops in one message
const STORE_PREFIX = "cx-coder";

/** The queue of one view and document; ops are as the wire has them. `send(message)` may throw;
 * `tick()` is to be called a few times a second. */
class OpStore {
  constructor({ storage, send, now, view, onStatus }) {
    Object.assign(this, { storage, send, now, view, onStatus });
    this.pending = []; // [{op, t, vivo}], in the order they were made
    this.key = null;
    this.sentAt = this.pingedAt = this.sentUpTo = 0;
    this.broken = this.waiting = this.unkept = false;
    this.held = "";
  }

  /** Takes the document's place in the storage; what earlier views left there comes in front.
   * `source` is {text, map, names}. Returns the ops that came so, and how many changes made on
   * another text were left where they are. */
  open({ journal, document, coder, sha }, source, isVivo) {
    const parts = [journal, document, coder].map(encodeURIComponent);
    const prefix = `${[STORE_PREFIX, ...parts].join(":")}:`;
    const before = this.key;
    if (this.sha !== undefined && this.sha !== sha) this.pending = [];
    else if (before && before !== prefix + this.view) this.forget(before);
    Object.assign(this, { journal, document, sha, isVivo, key: prefix + this.view, held: "" });
    const known = new Set(this.pending.map(({ op }) => op.op_id));
    const { found, keys, other } = this.left(prefix, sha);
    const fresh = found.filter(({ op }) => !known.has(op.op_id) && known.add(op.op_id));
    const adopted = unpackEntries(fresh, source);
    this.pending = [...adopted, ...this.pending].sort((a, b) => a.t - b.t);
    this.save();
    if (!this.unkept) keys.filter((key) => key !== this.key).forEach((key) => this.forget(key));
    return { ops: adopted.map(({ op }) => op), other };
  }

  left(prefix, sha) {
    const found = [];
    const keys = [];
    let other = 0;
    try {
      const all = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i));
      for (const key of all.filter((name) => name?.startsWith(prefix))) {
        const record = JSON.parse(this.storage.getItem(key));
        if (record.sha === sha) found.push(...record.ops) && keys.push(key);
        else other += record.ops.length;
      }
    } catch {
      this.unkept = true;
    }
    return { found: found.sort((a, b) => a.t - b.t), keys, other };
  }

  forget(key) {
    try {
      this.storage.removeItem(key);
    } catch {
      this.unkept = true;
    }
  }

  save() {
    if (!this.key) return;
    if (!this.pending.length) return this.forget(this.key);
    const ops = this.pending.map((entry) => packEntry(entry, this.isVivo));
    try {
      this.storage.setItem(this.key, JSON.stringify({ sha: this.sha, ops }));
      this.unkept = false;
    } catch {
      this.unkept = true;
    }
  }

  /** Keeps entries {op, vivo} and sends them. */
  push(entries) {
    const t = Math.max(this.now(), this.pending.at(-1)?.t ?? 0);
    this.pending.push(...entries.map((entry) => ({ ...entry, t })));
    this.save();
    this.flush();
  }

  /** Sends what waits, oldest first, always from the first one: the kernel drops what it knows, and
   * so no op comes before one that it needs. */
  flush() {
    if (this.pending.length && this.key) {
      const ops = this.pending.slice(0, AT_ONCE).map(({ op }) => op);
      const { journal, document } = this;
      this.deliver({ v: 1, kind: "ops", document, journal, ops });
      this.sentAt = this.now();
      this.sentUpTo = Math.min(AT_ONCE, this.pending.length);
    }
    this.onStatus(this.status());
  }

  deliver(message) {
    try {
      this.send(message);
      this.broken = false;
    } catch {
      this.broken = true;
    }
  }

  /** The kernel has written these ops. Returns how many were waited for. */
  acked(opIds) {
    const told = new Set(opIds);
    const before = this.pending.length;
    this.pending = this.pending.filter(({ op }) => !told.has(op.op_id));
    const n = before - this.pending.length;
    this.waiting = this.broken = false;
    if (n) {
      this.held = "";
      this.save();
      this.sentUpTo -= n;
      if (this.pending.length && this.sentUpTo <= 0) return this.flush() ?? n;
      this.sentAt = this.now();
    }
    this.onStatus(this.status());
    return n;
  }

  /** The kernel will never take this op. */
  drop(opId) {
    this.acked([opId]);
  }

  /** The kernel cannot write now (disk full, file read-only); the ops stay, and are tried again. */
  hold(reason) {
    this.held = reason;
    this.sentAt = this.now();
    this.onStatus(this.status());
  }

  has(opId) {
    return this.pending.some(({ op }) => op.op_id === opId);
  }

  pong() {
    this.waiting = false;
    if (this.pending.length && !this.held) this.flush();
    else this.onStatus(this.status());
  }

  tick() {
    if (!this.pending.length || !this.key) return;
    const now = this.now();
    if (now - this.sentAt < ACK_WITHIN || now - this.pingedAt < ACK_WITHIN) return;
    this.pingedAt = now;
    if (this.held) return this.flush();
    this.waiting = true;
    this.deliver({ v: 1, kind: "ping" });
    this.onStatus(this.status());
  }

  /** {kind: saved | saving | waiting | unsaved | held, n, unkept} for the status line. */
  status() {
    const n = this.pending.length;
    const { unkept, held } = this;
    if (!n) return { kind: "saved", n, unkept };
    if (held) return { kind: "held", n, unkept, reason: held };
    if (this.broken) return { kind: "unsaved", n, unkept };
    return { kind: this.waiting ? "waiting" : "saving", n, unkept };
  }
}

const partsOf = (...parts) => parts.map(encodeURIComponent).join(":");

/** What earlier views of this coder's file left in the storage: [{document, sha, n}]. */
function leftInStorage(storage, { journal, coder }) {
  const found = [];
  try {
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      const [head, ...parts] = key.split(":").map(decodeURIComponent);
      const [file, document, who] = parts;
      if (head !== STORE_PREFIX || file !== journal || who !== coder) continue;
      const { sha, ops } = JSON.parse(storage.getItem(key));
      if (ops.length) found.push({ document, sha, n: ops.length });
    }
  } catch {
    return found;
  }
  return found;
}

const lastKey = ({ journal, coder }) => `${STORE_PREFIX}-last:${partsOf(journal, coder)}`;

/** The interview of a coder's file that this browser showed last, or null. */
function lastShown(storage, about) {
  try {
    return storage.getItem(lastKey(about));
  } catch {
    return null;
  }
}

/** Keeps which interview is shown, where there are several. */
function keepShown(storage, about) {
  if (!(about.documents?.length > 1)) return;
  try {
    storage.setItem(lastKey(about), about.document);
  } catch {
    // then the first interview is shown the next time
  }
}

const noStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {},
  removeItem() {},
};

/** The browser's own storage, or one that keeps nothing where it is not allowed. */
function pageStorage() {
  try {
    return globalThis.localStorage ?? noStorage;
  } catch {
    return noStorage;
  }
}

// One view's talk with the kernel: opens documents, sends ops, takes what others did.


const OPEN_WITHIN = 3000; // milliseconds without a document before it is asked for again
const TICK = 500;
const KEPT = ["disk", "readonly", "replaced", "document", "gone"]; // the ops wait then
const QUIET = 20000; // milliseconds of silence after which the kernel is asked what it has

const BESIDE = "~"; // behind the name of a view that asks for an interview it does not show

/** `on` has: opened(message, {isSame, changed, notes}), changed(ids), status(), note(key, values),
 * refused(reason). */
class Session {
  constructor({ wire, storage, now, on }) {
    Object.assign(this, { wire, storage, now, on });
    this.view = freshId();
    this.stores = new Map();
    this.elsewhere = new Map(); // interviews asked for since changes wait for them: {n, at}
    this.beyond = new Set(); // ids of undos whose effect only the kernel knows
    this.openedAt = -1;
    this.heardAt = now();
    this.pingedAt = 0;
    wire.onMessage((message, buffers) => this.isDone || this.take(message, buffers ?? []));
    this.timer = setInterval(() => this.tick(), TICK);
  }

  open(document = this.document ?? null) {
    this.openedAt = this.now();
    this.isAsking = true;
    this.send({ v: 1, kind: "open", document, view: this.view });
  }

  send(message) {
    try {
      this.wire.send(message);
    } catch {
      this.silent();
    }
  }

  tick() {
    const now = this.now();
    if (this.isAsking && now - this.openedAt >= OPEN_WITHIN) {
      this.silent();
      this.open(this.asked);
    }
    this.askElsewhere();
    for (const store of this.stores.values()) store.tick();
    if (!this.state) return;
    if (this.pingedAt > this.heardAt && now - this.pingedAt >= OPEN_WITHIN) this.silent();
    if (now - Math.max(this.heardAt, this.pingedAt) < QUIET) return this.on.status();
    this.pingedAt = now;
    this.send({ v: 1, kind: "ping" });
  }

  /** The kernel does not answer: told once, until it does. */
  silent() {
    if (!this.isSilent && this.state) this.on.note("no_answer");
    this.isSilent = true;
    this.on.status();
  }

  /** Opens another document of the corpus. */
  change(document) {
    this.asked = document;
    this.open(document);
  }

  take(message, buffers) {
    const takers = {
      document: () => this.takeDocument(message, buffers),
      ack: () => this.takeAck(message.op_ids, message.at),
      ops: () => this.takeOps(message),
      refused: () => this.takeRefused(message),
      changed: () => this.takeChanged(message),
      pong: () => this.takePong(message),
    };
    this.heardAt = this.now();
    this.isSilent = false;
    takers[message?.kind]?.();
  }

  takeDocument(message, buffers) {
    if (message.view === this.view + BESIDE) return this.takeBeside(message, buffers);
    const wanted = this.asked ?? this.document;
    const isOthers = message.view !== undefined && message.view !== this.view;
    if (isOthers || (wanted && message.document !== wanted)) return;
    this.isAsking = false;
    this.asked = undefined;
    const kept = (this.notes ??= []);
    kept.push(...(message.notes ?? []));
    if (this.goesBack(message)) return;
    this.notes = [];
    const isSame = message.document === this.document && message.sha256 === this.sha;
    if (!isSame) {
      this.text = decode(buffers[0]);
      this.points = new Points(this.text);
      this.state = new CodingState(message.coder);
    }
    Object.assign(this, { document: message.document, sha: message.sha256, seq: message.seq });
    this.beyond.clear();
    const changed = this.state.load(pageForm(message, buffers[1], this.points));
    const { ids, n, other } = this.replay(message);
    for (const [name, { pending }] of this.stores) {
      if (name !== message.document) this.state.usedElsewhere(pending.map(({ op }) => op));
    }
    const notes = [n && ["replayed", { n }], other && ["other_text", { n: other }]];
    notes.push(...this.lookElsewhere(message));
    keepShown(this.storage, message);
    const about = { isSame, changed: [...changed, ...ids], notes: notes.filter(Boolean) };
    this.on.opened({ ...message, notes: kept }, about);
    this.store.flush();
  }

  /** Asks for the interview that was shown last, where the first answer is of another one. */
  goesBack(message) {
    if (this.state || message.chosen || !(message.documents?.length > 1)) return false;
    const last = lastShown(this.storage, message);
    const isThere = message.documents.some(({ name }) => name === last);
    if (!isThere || last === message.document) return false;
    this.change(last);
    return true;
  }

  /** Once a file: asks for interviews that have changes in the storage, so that these are sent.
   * Returns notes of changes that were made on another text. */
  lookElsewhere(message) {
    this.elsewhere.delete(message.document);
    const { journal, document: shown, documents = [] } = message;
    if (this.lookedIn === journal) return [];
    this.lookedIn = journal;
    const shas = new Map(documents.map(({ name, sha256 }) => [name, sha256]));
    const lost = new Map();
    const add = (map, name, n) => map.set(name, { n: n + (map.get(name)?.n ?? 0), at: -Infinity });
    for (const { document, sha, n } of leftInStorage(this.storage, message)) {
      if (document !== shown) add(shas.get(document) === sha ? this.elsewhere : lost, document, n);
    }
    this.askElsewhere();
    return [...lost].map(([document, { n }]) => ["other_text_of", { document, n }]);
  }

  askElsewhere() {
    for (const [document, about] of this.elsewhere) {
      if (this.now() - about.at < OPEN_WITHIN) continue;
      about.at = this.now();
      this.send({ v: 1, kind: "open", document, view: this.view + BESIDE });
    }
  }

  /** Sends the changes that were left for an interview that is not shown. */
  takeBeside(message, buffers) {
    const { document, journal, coder, sha256: sha, codes } = message;
    if (!this.elsewhere.delete(document) || document === this.document) return;
    const store = this.storeOf(document);
    const text = decode(buffers[0]);
    const parents = new Map(codes.map(({ name, parent }) => [name, parent]));
    const names = [...parents.keys(), ...this.state.codes.keys(), IN_VIVO];
    const isNew = (name) => store.pending.some(({ op, vivo }) => vivo && op.code === name);
    const isVivo = (name) => parents.get(name) === IN_VIVO || isNew(name);
    const source = { text, map: new Points(text), names };
    const { ops, other } = store.open({ journal, document, coder, sha }, source, isVivo);
    this.state.usedElsewhere(ops);
    if (ops.length) this.on.note("replayed_of", { document, n: ops.length });
    if (other) this.on.note("other_text_of", { document, n: other });
    store.flush();
  }

  /** How many changes of an interview are not saved. */
  waits(document) {
    const store = this.stores.get(document);
    return (store?.pending.length ?? 0) + (this.elsewhere.get(document)?.n ?? 0);
  }

  /** Changes that the kernel has not acknowledged, in earlier views or in this one, are shown and
   * sent again. Returns {ids of the codings that they change, n of them, n on another text}. */
  replay(message) {
    const store = this.storeOf(message.document);
    const { journal, document, coder, sha256: sha } = message;
    const { codes } = this.state;
    const isVivo = (name) => codes.get(name)?.parent === IN_VIVO && name !== IN_VIVO;
    const source = { text: this.text, map: this.points, names: [...codes.keys(), IN_VIVO] };
    const vivo = (name) => isVivo(name) || this.state.codes.get(name)?.parent === IN_VIVO;
    const { ops, other } = store.open({ journal, document, coder, sha }, source, vivo);
    const changed = ops.flatMap((op) => this.applyOwn(fromWireOp(op, this.points)));
    // the kernel may have had these before it answered: then its next answer is the truth
    const early = store.pending.filter(({ t }) => t <= this.openedAt);
    if (early.length) this.settles = early.at(-1).op.op_id;
    return { ids: changed, n: ops.length, other };
  }

  storeOf(document) {
    if (!this.stores.has(document)) {
      const { storage, now, view } = this;
      const send = (message) => this.wire.send(message);
      const onStatus = () => this.on.status();
      this.stores.set(document, new OpStore({ storage, send, now, view, onStatus }));
    }
    return this.stores.get(document);
  }

  get store() {
    return this.storeOf(this.document);
  }

  applyOwn(op) {
    if (this.state.isBeyond(op)) this.beyond.add(op.op_id);
    return this.state.apply(op, { pending: true });
  }

  /** Ops made in this view: shown, kept, sent. Returns ids of the codings that they change. */
  commit(ops) {
    const changed = ops.flatMap((op) => this.applyOwn(op));
    const { text, points } = this;
    this.store.push(ops.map((op) => ({ op: toWireOp(op, text, points), vivo: op.vivo })));
    return changed;
  }

  takeAck(opIds, at) {
    this.stores.forEach((store) => store.acked(opIds));
    if (!this.state) return;
    this.on.changed(this.state.acked(opIds.map((id) => ({ op_id: id, at }))));
    this.settle(opIds);
  }

  /** Asks for the document where only the kernel knows what ops have done. */
  settle(opIds) {
    const asks = opIds.filter((id) => this.beyond.delete(id) || id === this.settles);
    if (!asks.length) return;
    if (asks.includes(this.settles)) this.settles = undefined;
    this.open();
  }

  takeOps({ document, ops, seq }) {
    this.stores.forEach((store) => store.acked(ops.map((op) => op.op_id)));
    if (!this.state) return;
    const own = ops.some((op) => (op.coder ?? this.state.coder) === this.state.coder);
    if (own) {
      if (seq <= this.seq) return;
      const isNext = seq === this.seq + ops.length;
      this.seq = seq;
      if (!isNext) return this.open();
    }
    if (document !== this.document) return this.state.usedElsewhere(ops);
    const read = ops.map((op) => fromWireOp(op, this.points));
    const known = new Set(this.state.ops.map((op) => op.op_id));
    const beyond = read.some((op) => this.state.isBeyond(op) && !known.has(op.op_id));
    this.on.changed(read.flatMap((op) => this.state.apply(op)));
    if (beyond) this.open();
    else this.settle(read.map((op) => op.op_id));
  }

  takeChanged({ gone }) {
    this.on.note(gone ? "file_deleted" : "file_changed");
    this.open();
  }

  /** A pong says how many ops there are: a view that missed some asks for the document again. */
  takePong({ seq }) {
    this.stores.forEach((store) => store.pong());
    if (this.state && seq !== undefined && seq !== this.seq) this.open();
  }

  takeRefused({ op_id: id, reason, key }) {
    if (!this.state || ((id ?? null) === null && !KEPT.includes(key))) {
      this.isAsking = false; // it was `open` that was refused
      this.asked = undefined;
      return this.on.refused(reason);
    }
    const own = [...this.stores.values()].find((one) => one.has(id));
    const isOthers = !own && (id ?? null) !== null; // of another view of the same widget
    if (KEPT.includes(key)) {
      if (!isOthers) (own ?? this.store).hold(reason);
      if (key === "replaced" && this.now() - this.openedAt > OPEN_WITHIN) this.open();
    } else if (own) {
      own.drop(id);
      this.on.changed(this.state.refuse(id));
      this.settle([id]);
    }
    if (!isOthers) this.on.refused(reason);
  }

  /** The worst status of all documents, with the number of all changes that wait. */
  status() {
    const all = [...this.stores.values()].map((store) => store.status());
    const waiting = this.isSilent ? "waiting" : "saving";
    this.elsewhere.forEach(({ n }) => all.push({ kind: waiting, n }));
    const order = ["held", "unsaved", "waiting", "saving", "saved"];
    const kind = order.find((each) => all.some((one) => one.kind === each)) ?? "saved";
    const worst = all.find((one) => one.kind === kind) ?? { kind };
    const n = all.reduce((sum, one) => sum + one.n, 0);
    return { ...worst, n, kind: kind === "saved" && this.isSilent ? "silent" : kind };
  }

  dispose() {
    this.isDone = true;
    clearInterval(this.timer);
  }
}

const decode = (buffer) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(buffer);

/** Codes of the keys 1 to 9: the pinned ones, else those with a key, else the first ones. */
function pinnedOf({ pinned = [], codes }) {
  if (pinned.length) return pinned;
  const keyed = codes.filter(({ key }) => key).sort((a, b) => Number(a.key) - Number(b.key));
  return (keyed.length ? keyed : codes).slice(0, 9).map(({ name }) => name);
}

function pageForm(message, buffer, map) {
  const span = ([start, end, ...rest]) => [map.toUtf16(start), map.toUtf16(end), ...rest];
  const codings = JSON.parse(buffer ? decode(buffer) : "[]");
  for (const coding of codings) {
    coding.memo ??= "";
    coding.uncertain ??= false;
    coding.coder ??= message.coder;
    coding.mine ??= true;
    coding.start = map.toUtf16(coding.start);
    coding.end = map.toUtf16(coding.end);
  }
  return {
    codings,
    codes: message.codes,
    pinned: pinnedOf(message),
    units: (message.units ?? []).map(span),
    readTo: map.toUtf16(message.read_to ?? 0),
    memo: message.memo ?? "",
    undo: message.undo ?? {},
    elsewhere: message.elsewhere ?? [],
    tail: (message.tail ?? []).map((op) => fromWireOp(op, map)),
  };
}

// Keys that are pressed -> names of commands: one table for the key handler and the help sheet.

const WAYS = { Left: -1, Right: 1, Up: -1, Down: 1 };

const arrowRow = (group, name, mods, pair) => ({
  group,
  name,
  keys: pair.map((side) => `${mods}Arrow${side}`),
  values: pair.map((side) => WAYS[side]),
});

/** Every key of the widget: the group it is shown in, its command, its chords and their values. */
const KEY_TABLE = [
  { group: "code", name: "pinned", keys: [..."123456789"], values: [0, 1, 2, 3, 4, 5, 6, 7, 8] },
  { group: "code", name: "again", keys: ["."] },
  { group: "code", name: "recent", keys: ["r"] },
  { group: "code", name: "picker", keys: ["/"] },
  { group: "code", name: "newCode", keys: ["n"] },
  { group: "code", name: "newUnder", keys: ["Shift+n"] },
  { group: "code", name: "inVivo", keys: ["i"] },
  { group: "code", name: "lock", keys: ["l"] },
  { group: "code", name: "confirm", keys: ["Enter"] },
  { group: "mark", name: "word", keys: ["w"] },
  { group: "mark", name: "wordBack", keys: ["b"] },
  { group: "mark", name: "sentence", keys: ["s"] },
  { group: "mark", name: "turn", keys: ["t"] },
  arrowRow("mark", "extendCharacter", "Shift+", ["Left", "Right"]),
  arrowRow("mark", "extendLine", "Shift+", ["Up", "Down"]),
  arrowRow("mark", "extendWord", "Ctrl+Shift+", ["Left", "Right"]),
  { group: "mark", name: "extendPage", keys: ["Shift+PageUp", "Shift+PageDown"], values: [-1, 1] },
  { group: "mark", name: "extendTurnEdge", keys: ["Shift+Home", "Shift+End"], values: [-1, 1] },
  {
    group: "mark",
    name: "extendDocument",
    keys: ["Ctrl+Shift+Home", "Ctrl+Shift+End"],
    values: [-1, 1],
  },
  { group: "mark", name: "all", keys: ["Ctrl+a"] },
  { group: "change", name: "memo", keys: ["m"] },
  { group: "change", name: "uncertain", keys: ["u"] },
  { group: "change", name: "recode", keys: ["c"] },
  { group: "change", name: "edge", keys: ["[", "]"], values: ["start", "end"] },
  { group: "change", name: "remove", keys: ["Delete", "Backspace"] },
  { group: "change", name: "undo", keys: ["Ctrl+z"] },
  { group: "change", name: "redo", keys: ["Ctrl+Shift+z", "Ctrl+y"] },
  { group: "go", name: "turnStep", keys: ["j", "k"], values: [1, -1] },
  { group: "go", name: "codingStep", keys: ["p", "Shift+p"], values: [1, -1] },
  { group: "go", name: "overlap", keys: ["o"] },
  { group: "go", name: "filter", keys: ["f"] },
  { group: "go", name: "readTo", keys: ["x"] },
  { group: "go", name: "find", keys: ["Ctrl+f"] },
  { group: "go", name: "findNext", keys: ["F3", "Shift+F3"], values: [1, -1] },
  arrowRow("go", "moveCharacter", "", ["Left", "Right"]),
  arrowRow("go", "moveLine", "", ["Up", "Down"]),
  arrowRow("go", "moveWord", "Ctrl+", ["Left", "Right"]),
  { group: "go", name: "movePage", keys: ["PageUp", "PageDown"], values: [-1, 1] },
  { group: "go", name: "moveTurnEdge", keys: ["Home", "End"], values: [-1, 1] },
  { group: "go", name: "moveDocument", keys: ["Ctrl+Home", "Ctrl+End"], values: [-1, 1] },
  { group: "go", name: "help", keys: ["?"] },
  { group: "go", name: "close", keys: ["Escape"] },
];

/** Keys of a part of the widget that has the focus, or of a state that the next key ends. */
const MODE_KEYS = {
  recent: [{ name: "recentCode", keys: [..."123456789"], values: [0, 1, 2, 3, 4, 5, 6, 7, 8] }],
  edge: [
    arrowRow("", "edgeCharacter", "", ["Left", "Right"]),
    arrowRow("", "edgeWord", "Ctrl+", ["Left", "Right"]),
    arrowRow("", "edgeSentence", "", ["Up", "Down"]),
    { name: "edgeDone", keys: ["Enter"] },
  ],
  tree: [
    { name: "treeStep", keys: ["ArrowUp", "ArrowDown"], values: [-1, 1] },
    { name: "treeFold", keys: ["ArrowLeft", "ArrowRight"], values: [-1, 1] },
    { name: "treeEdge", keys: ["Home", "End"], values: [-1, 1] },
    { name: "treePick", keys: ["Enter", " "] },
  ],
  button: [{ name: "", keys: ["Enter", " "] }],
  picker: [
    { name: "pickStep", keys: ["ArrowUp", "ArrowDown"], values: [-1, 1] },
    { name: "pickPage", keys: ["PageUp", "PageDown"], values: [-1, 1] },
    { name: "pickTake", keys: ["Enter"] },
  ],
  memo: [{ name: "memoSave", keys: ["Ctrl+Enter"] }],
  find: [
    { name: "findStep", keys: ["Enter", "Shift+Enter", "F3", "Shift+F3"], values: [1, -1, 1, -1] },
  ],
};

/** Chord -> {name, value} of the rows of a table of keys. */
const chordMap = (rows) =>
  new Map(
    rows.flatMap(({ name, keys, values }) =>
      keys.map((key, i) => [key, { name, value: values ? values[i] : undefined }]),
    ),
  );
const TEXT_CHORDS = chordMap(KEY_TABLE);
const MODE_CHORDS = Object.fromEntries(
  Object.entries(MODE_KEYS).map(([mode, rows]) => [mode, chordMap(rows)]),
);
// what a Japanese or Korean input method types where an English keyboard has these
const TYPED_FOR = { "。": ".", "・": "/", "「": "[", "」": "]", "、": "," };
const SYMBOLS_BY_CODE = {
  Period: ".",
  Slash: "/",
  BracketLeft: "[",
  BracketRight: "]",
};

/** True while an input method composes: such a key belongs to it, not to the widget. */
function isComposing(event) {
  return Boolean(event.isComposing) || event.keyCode === 229;
}

const charOf = (event) => {
  const key = event.key ?? "";
  const ascii = TYPED_FOR[key] ?? key.normalize("NFKC");
  if (/^[ -~]$/.test(ascii)) return /^[a-z]$/i.test(ascii) ? ascii.toLowerCase() : ascii;
  const letter = /^Key([A-Z])$/.exec(event.code ?? "");
  if (letter && [...key].length === 1) return letter[1].toLowerCase();
  if ([...key].length === 1 && SYMBOLS_BY_CODE[event.code]) {
    return event.shiftKey && event.code === "Slash" ? "?" : SYMBOLS_BY_CODE[event.code];
  }
  return key;
};

/** The chord of a key press: `w`, `Shift+ArrowLeft`, `Ctrl+Shift+z`; Cmd counts as Ctrl. */
function chordOf(event) {
  const altGraph = Boolean(event.getModifierState?.("AltGraph"));
  const char = charOf(event);
  const symbol = char.length === 1 && !/[a-z0-9 ]/.test(char);
  if (event.altKey && !(altGraph && symbol)) return "";
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code ?? "");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const name = digit && plain && /^\P{Cc}$/u.test(event.key ?? "") ? digit[1] : char;
  const ctrl = (event.ctrlKey || event.metaKey) && !altGraph;
  const shift = event.shiftKey && !symbol && !/^[0-9]$/.test(name);
  return `${ctrl ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${name}`;
}

/** The command of a key press, or null. `mode` is where the focus is or what waits for a key,
 * `chords` what keys do where neither has a word in it. */
function commandOf(event, { inInput = false, mode = "text", chords = TEXT_CHORDS } = {}) {
  if (isComposing(event)) return null;
  const chord = chordOf(event);
  const own = MODE_CHORDS[mode]?.get(chord);
  if (own) return own.name ? own : null;
  if (mode === "help" && chord === "?") return { name: "close", value: undefined };
  if ((inInput || mode === "help") && !["Escape", "Ctrl+f", "F3", "Shift+F3"].includes(chord))
    return null;
  return chords.get(chord) ?? null;
}

/** True where the key may not reach the page round the widget (Lab's shortcuts, running a cell). */
function keepsKey(event, command, { inInput = false } = {}) {
  if (command || event.key === "Enter") return true;
  if (!(event.ctrlKey || event.metaKey || event.altKey)) return true;
  return inInput && /^[acvxyz]$/i.test(event.key ?? "");
}

// Elements made without markup: what a customer said is only ever a text node.

/** An element with attributes; `text` is a text node, `on` has listeners, null leaves out. */
function create(tag, { text, on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener);
  if (text !== undefined) element.append(document.createTextNode(text));
  element.append(...children);
  return element;
}

/** A button that leaves the focus where it is when the mouse presses it. */
function button(text, act, attributes = {}) {
  const on = { click: act, mousedown: (event) => event.preventDefault() };
  return create("button", { type: "button", text, on, ...attributes });
}

/** A button with the key that does the same. */
function keyButton(text, key, act, attributes = {}) {
  const made = button(text, act, attributes);
  made.append(create("kbd", { text: key, "aria-hidden": "true" }));
  return made;
}

/** A text node in an element, to be written by its `data`. */
function textIn(element, text = "") {
  return element.appendChild(document.createTextNode(text));
}

/** A function that gives the text of a label, `{name}` replaced by values. */
function sayer(labels) {
  return (key, values = {}) =>
    (labels[`coder.${key}`] ?? labels[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? String(values[name]) : whole,
    );
}

/** Two letters for a code, for those who do not see colours: of two words, else of the first. */
function abbreviation(label) {
  const words = label
    .normalize("NFC")
    .split(/[\s_\-/·・]+/u)
    .filter(Boolean);
  const two = words.length > 1 ? [...words[0]][0] + [...words[1]][0] : [...(words[0] ?? "?")];
  return [...two].slice(0, 2).join("");
}

/** Act once the next frame is drawn; what was asked for first comes first. */
function afterFrame(act) {
  requestAnimationFrame(() => setTimeout(act));
}

/** Lets `host.focus()` lead to where the focus was inside, else to `first()`: a dialog of Lab gives
 * it back to the host, which is all that it can see. */
function keepFocus(host, frame, first) {
  let last = null;
  frame.addEventListener("focusin", ({ target }) => (last = target));
  host.focus = (options = { preventScroll: true }) =>
    (last?.isConnected ? last : first())?.focus(options);
}

/** Words on one line, a long text cut between letters. */
function inBrief(words, most) {
  const line = words
    .slice(0, 40 * most)
    .replace(/\s+/gu, " ")
    .trim();
  const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return letters.length > most ? `${letters.slice(0, most).join("")}…` : line;
}

// How codings look and sound in the text: marks, margin, words for screen readers, the theme.


/** A coding as the transcript draws it. */
function markOf(view, coding) {
  const { id, start, end, code, memo, uncertain, mine, coder } = coding;
  const names = ["cx-mark", `cx-c${view.state.colourOf(code)}`];
  if (id === view.current) names.push("cx-current");
  if (uncertain) names.push("cx-uncertain");
  if (!mine) names.push("cx-other");
  if (!view.state.passes(coding)) names.push("cx-dim");
  return { id, start, end, className: names.join(" "), title: wordsOf(view, coding, "\n") };
}

/** A coding in words: its code, whose it is, whether it is uncertain, its memo. */
function wordsOf(view, { code, mine, coder, uncertain, memo }, between = ", ") {
  const doubt = uncertain ? view.say("is_uncertain") : "";
  return [view.state.label(code), mine ? "" : coder, doubt, memo].filter(Boolean).join(between);
}

/** The hidden text of a block: its codes. */
function codesOf(view, { spans }) {
  const codings = spans.map(({ id }) => view.state.codings.get(id)).filter(Boolean);
  if (!codings.length) return "";
  const names = codings.map((coding) => wordsOf(view, { ...coding, memo: "" }, " "));
  return view.say("block_codes", { codes: [...new Set(names)].join(", ") });
}

/** The name of a block's article: who speaks, and which turn of how many. */
function blockName(view, { turn, first }) {
  const speaker = view.turns[turn]?.[2] ?? "";
  const key = first ? "block_label" : "block_more";
  return view.say(key, { speaker, n: turn + 1, m: view.turns.length });
}

/** Two letters for each code of a block, beside it; a line where it was read. */
function drawMargin(view, { spans, end }, margin) {
  margin.parentElement.classList.toggle("cx-read", end <= view.state.now.readTo);
  const codes = new Set(spans.map(({ id }) => view.state.codings.get(id)?.code));
  codes.delete(undefined);
  const looks = [...codes].map((code) => [view.state.label(code), view.state.colourOf(code)]);
  const shown = JSON.stringify(looks);
  if (margin.shown === shown) return;
  margin.shown = shown;
  margin.replaceChildren(...[...codes].map((code) => codeChip(view.state, code, "cx-chip")));
  margin.setAttribute("aria-hidden", "true");
}

/** One line that leads to the first coding; where there are codings it is not needed. */
function hintOf({ state, say }) {
  if ([...state.codings.values()].some(({ mine }) => mine)) return say("here_none");
  const [first] = state.pinned;
  if (first === undefined) return say("hint_no_code");
  return say("hint", { code: state.label(first) });
}

/** How many turns a span touches. */
function turnsOf(view, start, end) {
  return view.turns.filter(([from, to]) => from < end && to > start).length;
}

/** The panel at the caret, the counts, the progress. */
function drawSide(view) {
  const { start, end } = view.transcript.selection;
  const here = view.state.sorted().filter((one) => one.start <= end && one.end >= start);
  const inside = start < end ? here.filter((one) => one.start < end && one.end > start) : here;
  const shown = inside.sort((a, b) => a.end - a.start - (b.end - b.start)).slice(0, 12);
  const coding = view.state.codings.get(view.current);
  view.panel.show(shown, view.current, coding?.mine ? turnsOf(view, coding.start, coding.end) : 0);
  view.panel.update();
  const progress = view.state.progress();
  view.progressText.data = view.say("progress", {
    n: progress.read,
    m: progress.units,
    ...progress,
  });
}

/** The sign of a code: its colour and two letters. */
function codeChip(state, code, className = "cx-swatch") {
  const label = state.label(code);
  const colour = `cx-s${state.colourOf(code)}`;
  const text = abbreviation(label);
  return create("span", {
    class: `${className} ${colour}`,
    title: label,
    "aria-hidden": "true",
    text,
  });
}

/** Keeps `data-theme` of the host as Lab's theme is, or the system's; returns what ends it. */
function watchTheme(host) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    const lab = document.body.dataset.jpThemeLight;
    const isDark = lab === undefined ? system.matches : lab === "false";
    host.dataset.theme = isDark ? "dark" : "light";
  };
  const observer = new MutationObserver(set);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", set);
  set();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", set);
  };
}

// The list of codes as a tree: counts, keys, hierarchy; one row in the tab order.


/** The tree of one view. `onPick(name)` is called for a click and Enter. */
class CodeTree {
  constructor({ state, say, onPick }) {
    Object.assign(this, { state, say, onPick, at: 0, rows: [], items: [], size: -1 });
    this.folded = new Set();
    this.element = create("ul", {
      role: "tree",
      class: "cx-tree",
      "aria-label": say("codes"),
      "data-mode": "tree",
      on: { focusin: (event) => this.focused(event) },
    });
  }

  /** Rows anew: at the first `update`, and when a code is made. */
  build() {
    this.rows = treeRows(this.state.codes);
    this.items = this.rows.map((row, i) => this.item(row, i));
    this.size = this.state.codes.size;
    this.element.replaceChildren(...this.items.map(({ element }) => element));
    this.fold();
    this.update();
  }

  item({ name, label, depth, hasCode, children }, i) {
    const key = this.state.keyOf(name);
    const count = create("span", { class: "cx-count", title: this.say("count_here") });
    const swatch = hasCode
      ? codeChip(this.state, name)
      : create("span", { class: "cx-group", "aria-hidden": "true" });
    const definition = this.state.codes.get(name)?.definition;
    const on = {
      mousedown: (event) => event.preventDefault(),
      click: () => this.pick(i),
    };
    const element = create(
      "li",
      {
        role: "treeitem",
        tabindex: i === this.at ? "0" : "-1",
        "aria-level": depth + 1,
        "aria-expanded": children ? "true" : null,
        "aria-keyshortcuts": key || null,
        class: `cx-row cx-d${Math.min(depth, 4)}`,
        title: definition || null,
        on,
      },
      swatch,
      create("span", { class: "cx-name", text: label }),
      count,
      create(key ? "kbd" : "span", { text: key, "aria-hidden": "true" }),
    );
    return { element, count: textIn(count) };
  }

  /** Counts; only those that changed are written. */
  update() {
    if (this.size !== this.state.codes.size) return this.build();
    const counts = this.state.counts();
    this.rows.forEach(({ name, children, hasCode }, i) => {
      const { own = 0, all = 0 } = counts.get(name) ?? {};
      const text = children && hasCode && all !== own ? `${own} / ${all}` : String(all || own);
      const { count } = this.items[i];
      if (count.data !== text) count.data = text;
    });
  }

  fold() {
    let below = Infinity;
    this.rows.forEach(({ name, depth, children }, i) => {
      if (depth <= below) below = Infinity;
      const { element } = this.items[i];
      element.hidden = below !== Infinity;
      const isFolded = this.folded.has(name);
      if (children) element.setAttribute("aria-expanded", String(!isFolded));
      if (isFolded && below === Infinity) below = depth;
    });
  }

  pick(i) {
    const { name, hasCode } = this.rows[i];
    if (hasCode) this.onPick(name);
    else this.toggle(name);
  }

  toggle(name) {
    if (!this.folded.delete(name)) this.folded.add(name);
    this.fold();
  }

  focused(event) {
    const i = this.items.findIndex(({ element }) => element === event.target);
    if (i < 0) return;
    this.items[this.at]?.element.setAttribute("tabindex", "-1");
    this.at = i;
    this.items[i].element.setAttribute("tabindex", "0");
  }

  focus(i = this.at) {
    this.items[i]?.element.focus();
  }

  step(by) {
    for (let i = this.at + by; i >= 0 && i < this.items.length; i += by) {
      if (!this.items[i].element.hidden) return this.focus(i);
    }
  }

  edge(way) {
    const shown = this.items.map((_item, i) => i).filter((i) => !this.items[i].element.hidden);
    this.focus(way < 0 ? shown[0] : shown.at(-1));
  }

  /** Left folds or goes to the parent, right unfolds or goes to the first child. */
  turn(way) {
    const { name, children, parent } = this.rows[this.at];
    const isFolded = this.folded.has(name);
    if (way > 0 && children) return isFolded ? this.toggle(name) : this.step(1);
    if (way < 0 && children && !isFolded) return this.toggle(name);
    if (way < 0 && parent) this.focus(this.rows.findIndex((row) => row.name === parent));
  }
}

// The editor of a memo: whoever leaves it, in whatever way, keeps what was typed.


class MemoEditor {
  constructor({ say, act, drafts }) {
    Object.assign(this, { say, drafts, isOpen: false });
    this.title = create("label", { class: "cx-memo-title", for: "cx-memo" });
    this.titleText = textIn(this.title);
    this.area = create("textarea", {
      rows: "4",
      "data-mode": "memo",
      id: "cx-memo",
      maxlength: "20000",
      on: { focusout: (event) => this.left(event) },
    });
    this.element = create(
      "div",
      { class: "cx-editor", hidden: "" },
      this.title,
      this.area,
      create(
        "p",
        { class: "cx-bar" },
        keyButton(say("do_save"), "Esc", () => act("memoSave")),
        button(say("do_discard"), () => act("memoDiscard")),
      ),
    );
  }

  /** `key` names what the memo belongs to; `onSave(text)` is called where it changed. */
  open(key, title, text, onSave) {
    this.close();
    Object.assign(this, { key, before: text, onSave, isOpen: true });
    this.titleText.data = title;
    this.area.value = this.drafts.get(key) ?? text;
    this.drafts.delete(key);
    this.element.hidden = false;
    this.area.focus({ preventScroll: true });
    afterFrame(() => this.showButtons()); // what is above is drawn by then
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  // scrolls the panel, and nothing round the widget
  showButtons() {
    const box = this.element.parentElement;
    const below = this.element.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
    if (below > 0) box.scrollTop += below;
  }

  // another window may come in front: then the box stays open
  left({ relatedTarget }) {
    if (this.element.contains(relatedTarget)) return;
    if (document.hasFocus()) this.close();
    else this.keep();
  }

  /** Saves what was typed, and stays open. */
  keep() {
    const { value } = this.area;
    if (!this.isOpen || value === this.before) return;
    this.before = value;
    this.onSave(value);
  }

  /** Saves what was typed, and closes. */
  close() {
    if (!this.isOpen) return;
    this.keep();
    this.hide();
  }

  /** Closes, and throws away what was typed. */
  discard() {
    this.hide();
  }

  /** The text is replaced under the editor: what was typed waits for the next time. */
  setAside() {
    if (this.isOpen && this.area.value !== this.before) this.drafts.set(this.key, this.area.value);
    this.hide();
  }

  hide() {
    this.isOpen = false;
    this.element.hidden = true;
  }
}

// Beside the text: filters, the list of codes, what stands at the caret, and the memo editor.


const FILTERS = ["all", "mine", "uncertain", "code", "uncoded"];

/** The side panel. `act(name, value)` runs a command. */
class Panel {
  constructor({ state, say, act, hint, drafts }) {
    Object.assign(this, { state, say, act, hint });
    this.tree = new CodeTree({ state, say, onPick: (code) => act("pick", code) });
    this.filter = this.filterChoice();
    this.here = create("ul", { class: "cx-here", "aria-label": say("here") });
    this.memo = new MemoEditor({ say, act, drafts });
    this.nothing = create("p", { class: "cx-soft" });
    this.nothingText = textIn(this.nothing, hint);
    this.split = button(say("split"), () => act("split"), { class: "cx-split", hidden: "" });
    this.element = create(
      "section",
      { class: "cx-panel", "aria-label": say("panel") },
      this.codesPart(),
      this.caretPart(),
    );
  }

  /** The choice of what stands out; chosen by the mouse, it gives the focus back to the text. */
  filterChoice() {
    const { say, act } = this;
    let byMouse = false;
    const choose = (event) => {
      act("setFilter", event.target.value);
      if (byMouse) act("toText");
    };
    const on = {
      pointerdown: () => (byMouse = true),
      keydown: () => (byMouse = false),
      change: choose,
    };
    return create(
      "select",
      { "aria-label": say("filter"), "data-mode": "control", class: "cx-filter", on },
      ...FILTERS.map((kind) => create("option", { value: kind, text: say(`filter_${kind}`) })),
    );
  }

  codesPart() {
    const title = create("h2", { text: this.say("codes") });
    return create("div", { class: "cx-codes" }, title, this.codesBar(), this.tree.element);
  }

  caretPart() {
    const { say, act } = this;
    const onDocument = button(say("document_memo"), () => act("documentMemo"));
    return create(
      "div",
      { class: "cx-place" },
      create("h2", { text: say("here") }),
      this.here,
      this.nothing,
      this.split,
      this.memo.element,
      create("p", { class: "cx-bar" }, onDocument),
    );
  }

  codesBar() {
    const { say, act } = this;
    return create(
      "p",
      { class: "cx-bar" },
      keyButton(say("do_picker"), "/", () => act("picker")),
      keyButton(say("do_new"), "n", () => act("newCode")),
      keyButton(say("do_in_vivo"), "i", () => act("inVivo")),
    );
  }

  /** What stands at the caret; `turns` is how many turns the current coding or selection spans. */
  show(codings, currentId, turns) {
    this.nothing.hidden = codings.length > 0;
    if (codings.length && this.hint) {
      this.hint = "";
      this.nothingText.data = this.say("here_none");
    }
    this.split.hidden = turns < 2;
    if (turns > 1) this.split.firstChild.data = this.say("split", { n: turns });
    const key = codings.map((one) => JSON.stringify(one)).join() + currentId;
    if (key === this.shown) return;
    this.shown = key;
    this.here.replaceChildren(...codings.map((one) => this.row(one, one.id === currentId)));
  }

  row(coding, isCurrent) {
    const { say, act, state } = this;
    const { id, code, memo, uncertain, coder, mine } = coding;
    const label = state.label(code);
    const tools = mine &&
      isCurrent && [
        keyButton(say("do_memo"), "m", () => act("memo", id)),
        keyButton(say(uncertain ? "do_certain" : "do_uncertain"), "u", () => act("uncertain", id)),
        keyButton(say("do_recode"), "c", () => act("recode", id)),
        keyButton(say("do_remove"), "Del", () => act("remove", id)),
      ];
    const remarks = [mine ? "" : say("by", { coder }), uncertain ? say("is_uncertain") : ""];
    const choose = button("", () => act("choose", id), { class: "cx-choose" });
    choose.append(
      codeChip(state, code),
      create("span", { class: "cx-name", text: label }),
      create("span", { class: "cx-soft", text: remarks.filter(Boolean).join(", ") }),
    );
    return create(
      "li",
      { class: "cx-coding", "aria-current": isCurrent ? "true" : null },
      choose,
      ...(memo ? [create("p", { class: "cx-memo", text: memo })] : []),
      ...(tools ? [create("p", { class: "cx-bar" }, ...tools)] : []),
    );
  }

  rebuild() {
    this.tree.build();
  }

  update() {
    this.tree.update();
    if (this.filter.value !== this.state.filter.kind) this.filter.value = this.state.filter.kind;
  }
}

// The picker of codes: typed in any script, found loosely, made where there is none.


const KATAKANA = /[\u30a1-\u30f6]/g;
const toHiragana = (char) => String.fromCharCode(char.charCodeAt(0) - 0x60);

/** A text for comparing: width, case, kana and the letters of a syllable folded. */
function foldName(text) {
  return text.normalize("NFKC").toLowerCase().replace(KATAKANA, toHiragana).normalize("NFKD");
}

/** How well a folded query fits a folded name: higher is better, -1 not at all. */
function fuzzyScore(query, name) {
  if (!query) return 0;
  const at = name.indexOf(query);
  if (at === 0) return 1000 - name.length;
  if (at > 0) return (/[\s_\-/]/.test(name[at - 1]) ? 800 : 600) - at - name.length / 100;
  let from = 0;
  let gaps = 0;
  for (const char of query.replace(/\s+/g, "")) {
    const next = name.indexOf(char, from);
    if (next < 0) return -1;
    gaps += next - from;
    from = next + 1;
  }
  return 300 - gaps - name.length / 100;
}

/** Codes that fit, best first; with an empty query the recent ones, then the list as it is. */
function rankCodes(query, state) {
  const folded = foldName(query.trim());
  const recent = new Map(state.recents.map((name, i) => [name, 9 - i]));
  const rows = [...state.codes.values()].map((code, i) => {
    const path = pathOf(code, state);
    const own = Math.max(
      fuzzyScore(folded, foldName(code.label || code.name)),
      fuzzyScore(folded, foldName(code.name)),
    );
    const score = own >= 0 ? own : fuzzyScore(folded, foldName(path)) - 250;
    return { code, path, i, score: score + (recent.get(code.name) ?? 0) * (folded ? 1 : 100) };
  });
  return rows.filter(({ score }) => score >= 0).sort((a, b) => b.score - a.score || a.i - b.i);
}

/** The names above a code, outermost first, with blanks and an angle between them. */
function pathOf(code, state) {
  const names = [];
  const seen = new Set([code.name]);
  for (let at = parentOf(code); at && !seen.has(at); at = parentOf(state.codes.get(at))) {
    seen.add(at);
    names.unshift(state.label(at));
  }
  return [...names, code.label || code.name].join(" › ");
}

/** The dialog. `open({title, fresh, onTake})` shows it; `onTake(name, isNew)` is called. */
class Picker {
  constructor({ state, say, onClose }) {
    Object.assign(this, { state, say, onClose, isOpen: false });
    const on = { input: () => this.list(), compositionend: () => this.list() };
    this.input = create("input", {
      type: "text",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "cx-pick-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
      "data-mode": "picker",
      on,
    });
    this.box = create("ul", { role: "listbox", id: "cx-pick-list", class: "cx-pick-list" });
    this.title = create("label", { class: "cx-dialog-title", text: "" });
    this.hint = create("p", { class: "cx-soft", text: say("picker_keys") });
    this.element = create(
      "div",
      { class: "cx-dialog cx-picker", role: "dialog", "aria-modal": "true", hidden: "" },
      this.title,
      this.input,
      this.box,
      this.hint,
    );
  }

  open({ title, fresh = false, onTake }) {
    Object.assign(this, { fresh, onTake, isOpen: true });
    this.title.firstChild.data = title;
    for (const one of [this.element, this.box, this.input]) one.setAttribute("aria-label", title);
    this.input.setAttribute("placeholder", this.say(fresh ? "picker_name" : "picker_type"));
    this.input.value = "";
    this.element.hidden = false;
    this.list();
    this.input.focus();
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }

  list() {
    const name = this.input.value.trim().normalize("NFC");
    const ranked = rankCodes(name, this.state).slice(0, 50);
    const rows = ranked.map(({ code, path }) => ({ name: code.name, text: path, isNew: false }));
    const plain = (text) => text.normalize("NFKC").toLowerCase();
    const isThere = (code) =>
      [code.name, code.label].some((one) => plain(one ?? "") === plain(name));
    const exact = [...this.state.codes.values()].some(isThere);
    if (name && !exact) {
      const made = { name, text: this.say("picker_make", { name }), isNew: true };
      if (this.fresh) rows.unshift(made);
      else rows.push(made);
    }
    this.rows = this.fresh && !name ? [] : rows;
    const counts = this.state.counts();
    this.box.replaceChildren(...this.rows.map((row, i) => this.option(row, i, counts)));
    this.choose(0);
  }

  option({ name, text, isNew }, i, counts) {
    const key = isNew ? "" : this.state.keyOf(name);
    const n = isNew ? "" : String(counts.get(name)?.own ?? 0);
    const on = {
      mousedown: (event) => event.preventDefault(),
      click: () => this.choose(i) ?? this.take(),
    };
    const sign = isNew
      ? create("span", { class: "cx-plus", "aria-hidden": "true" })
      : codeChip(this.state, name);
    return create(
      "li",
      { role: "option", id: `cx-pick-${i}`, "aria-selected": "false", on },
      sign,
      create("span", { class: "cx-name", text }),
      create("span", { class: "cx-count", text: n, title: this.say("count_here") }),
      create(key ? "kbd" : "span", { text: key }),
    );
  }

  choose(i) {
    const options = this.box.children;
    this.at = Math.max(0, Math.min(i, options.length - 1));
    for (let k = 0; k < options.length; k++) {
      options[k].setAttribute("aria-selected", String(k === this.at));
    }
    options[this.at]?.scrollIntoView({ block: "nearest" });
    if (options.length) this.input.setAttribute("aria-activedescendant", `cx-pick-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  step(by) {
    const n = this.rows.length;
    if (n) this.choose(Math.abs(by) > 1 ? this.at + by : (this.at + by + n) % n);
  }

  take() {
    const row = this.rows[this.at];
    if (!row) return;
    const { onTake } = this;
    this.close();
    onTake(row.name, row.isNew);
  }
}

// What opens over the text: the help sheet, the find bar, the popup at a selection.


const KEY_NAMES = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  Escape: "Esc",
};

/** A chord as it is printed on keys: [Ctrl, Shift, Z]. */
function keyNames(chord) {
  const parts = chord.split("+");
  const last = parts.pop();
  const capital = parts.length ? last.replace(/^[a-z]$/, (letter) => letter.toUpperCase()) : last;
  return [...parts, KEY_NAMES[last] ?? capital];
}

/** The sheet of all keys, by groups, which are written when it is opened first. */
class HelpSheet {
  constructor({ say, onClose, table = KEY_TABLE, how = "help_how" }) {
    Object.assign(this, { say, table, onClose, isOpen: false });
    this.groups = create("div", { class: "cx-help-groups" });
    this.element = create(
      "div",
      {
        class: "cx-dialog cx-help",
        role: "dialog",
        "aria-modal": "true",
        tabindex: "-1",
        "aria-label": say("help"),
        hidden: "",
        "data-mode": "help",
      },
      create("p", { class: "cx-dialog-title", text: say("help") }),
      create("p", { class: "cx-soft", text: say(how) }),
      this.groups,
      keyButton(say("do_close"), "Esc", () => this.close()),
    );
  }

  open() {
    if (!this.groups.hasChildNodes()) this.groups.append(...this.written());
    this.isOpen = true;
    this.element.hidden = false;
    this.element.focus();
  }

  written() {
    const names = [...new Set(this.table.map(({ group }) => group))];
    const rowsOf = (wanted) => this.table.filter(({ group }) => group === wanted);
    return names.map((group) => helpGroup(group, rowsOf(group), this.say));
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }
}

function helpGroup(group, table, say) {
  const rows = table.map(({ name, keys }) => {
    const isRange = keys.length === 9;
    const shown = isRange ? [["1"], ["9"]] : keys.map(keyNames);
    const chords = shown.map((chord) =>
      create("span", { class: "cx-chord" }, ...chord.map(keyCap)),
    );
    const cells = chords.flatMap((chord, i) =>
      i ? [document.createTextNode(isRange ? " – " : " "), chord] : [chord],
    );
    return create(
      "tr",
      { "data-command": name },
      create("td", {}, ...cells),
      create("td", { text: say(`key_${name}`) }),
    );
  });
  return create(
    "table",
    {},
    create("caption", { text: say(`group_${group}`) }),
    create("tbody", {}, ...rows),
  );
}

const keyCap = (text) => create("kbd", { text });

/** The bar of find: a field, how many there are, next and previous. */
class FindBar {
  constructor({ say, onSearch, onStep, onClose }) {
    Object.assign(this, { say, onClose, isOpen: false });
    this.input = create("input", {
      type: "search",
      "aria-label": say("find"),
      placeholder: say("find"),
      "data-mode": "find",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
      on: { input: (event) => event.isComposing || onSearch(this.input.value) },
    });
    this.input.addEventListener("compositionend", () => onSearch(this.input.value));
    this.count = create("span", { class: "cx-soft cx-find-count" });
    this.countText = textIn(this.count);
    this.element = create(
      "div",
      { class: "cx-find", role: "search", hidden: "" },
      this.input,
      this.count,
      button("↑", () => onStep(-1), { "aria-label": say("find_previous") }),
      button("↓", () => onStep(1), { "aria-label": say("find_next") }),
      button("✕", () => this.close(), { "aria-label": say("do_close") }),
    );
  }

  open() {
    this.isOpen = true;
    this.element.hidden = false;
    this.input.focus();
    this.input.select();
  }

  told(at, n) {
    const { say } = this;
    if (!this.input.value) this.countText.data = "";
    else this.countText.data = n ? say("find_count", { at: at + 1, n }) : say("find_none");
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }
}

/** Codes to click on at a selection made by the mouse. */
class Popup {
  constructor({ state, say, act }) {
    Object.assign(this, { state, say, act });
    this.element = create("div", {
      class: "cx-popup",
      role: "toolbar",
      "aria-label": say("popup"),
      hidden: "",
    });
  }

  /** `rect` is of the selection's end, `within` of the box that the popup is placed in. */
  open(rect, within) {
    const { state, say, act } = this;
    const names = [...new Set([...state.pinned, ...state.recents, ...state.codes.keys()])];
    const some = names.filter((name) => state.codes.has(name)).slice(0, 6);
    this.element.replaceChildren(
      ...some.map((name) => this.choice(name)),
      button("…", () => act("picker"), { "aria-label": say("do_picker") }),
    );
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(4, Math.min(rect.left - within.left, within.width - width - 8));
    const below = rect.bottom - within.top + 6;
    const top = below + height < within.height ? below : rect.top - within.top - height - 6;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${Math.max(4, top)}px`;
  }

  choice(name) {
    const label = this.state.label(name);
    const made = button("", () => this.act("pick", name), { title: label });
    const key = this.state.keyOf(name);
    made.append(
      codeChip(this.state, name),
      create("span", { class: "cx-name", text: label }),
      ...(key ? [create("kbd", { text: key })] : []),
    );
    return made;
  }

  close() {
    this.element.hidden = true;
  }
}

// Where the parts of the widget stand: the bar above, the text and the panel, the status below.


/** A box whose words are written by one text node: `view[name]` is the node. */
function textBox(view, name, className) {
  const box = create("span", { class: className });
  view[name] = textIn(box);
  return box;
}

/** Unseen letters of a script, plain and bold: its fonts are loaded while the kernel answers, and
 * not when the text is drawn. */
function earlyFonts(lang) {
  const letters = { ja: "あ亜", ko: "가亞" }[lang];
  if (!letters) return [];
  const weights = ["span", "strong"].map((tag) => create(tag, { text: letters }));
  return [create("div", { class: "cx-early", lang, "aria-hidden": "true" }, ...weights)];
}

/** Puts the parts of a view into its frame. */
function layOut(view) {
  const box = (name, ...children) => create("div", { class: name }, ...children);
  view.bannerBox = create("div", { class: "cx-banner", hidden: "" });
  view.bannerText = textIn(view.bannerBox);
  view.savedBox = textBox(view, "saved", "cx-saved");
  view.textBox = box("cx-text", view.bannerBox, view.find.element);
  const note = textBox(view, "noteText", "cx-note");
  const progress = textBox(view, "progressText", "cx-progress");
  view.frame.replaceChildren(
    topBar(view),
    box("cx-main", view.textBox, view.panel.element),
    box("cx-status", note, progress, view.savedBox),
    view.popup.element,
    view.picker.element,
    view.help.element,
    view.live.element,
  );
  view.frame.setAttribute("role", "region");
  view.frame.setAttribute("aria-label", view.say(view.kind.region));
}

function topBar(view) {
  const { say, panel } = view;
  view.documents = create("select", {
    "aria-label": say("document"),
    "data-mode": "control",
    on: { change: () => view.change(view.documents.value) },
  });
  view.nameBox = textBox(view, "nameText", "cx-document");
  const tool = (label, name, key) => keyButton(say(label), key, () => view.act(name));
  view.panelButton = button(say(view.kind.panel), () => view.showPanel(panel.element.hidden), {
    class: "cx-panel-button",
    "aria-expanded": "true",
  });
  return create(
    "div",
    { class: "cx-top" },
    view.documents,
    view.nameBox,
    create("span", { class: "cx-soft cx-coder", text: view.coderName }),
    panel.filter,
    tool("do_undo", "undo", "Ctrl Z"),
    tool("do_redo", "redo", "Ctrl Shift Z"),
    tool("do_find", "find", "Ctrl F"),
    tool("do_help", "help", "?"),
    view.panelButton,
  );
}

/** An interview with the number of its codings, or how many of its disagreements are settled. */
function documentLabel({ name, coded, items, settled }) {
  if (items !== undefined) return `${name} (${settled}/${items})`;
  return coded ? `${name} (${coded})` : name;
}

/** Marks interviews that are not shown and have changes that are not saved. */
function markDocuments(view) {
  for (const option of view.documents?.options ?? []) {
    const n = option.value === view.document ? 0 : view.session.waits(option.value);
    const label = documentLabel(view.listed.get(option.value));
    const text = n ? view.say("document_waits", { document: label, n }) : label;
    if (option.text !== text) option.text = text;
  }
}

/** The interviews to choose from, with the number of codings; one alone is only named. */
function fillDocuments(view, { documents = [], document: shown }) {
  view.documents.hidden = documents.length < 2;
  view.nameBox.hidden = documents.length > 1;
  view.nameText.data = shown;
  view.listed = new Map(documents.map((about) => [about.name, about]));
  const options = documents.map(({ name }) => create("option", { value: name }));
  view.documents.replaceChildren(...options);
  markDocuments(view);
  view.documents.value = shown;
}

/** An output may be put into the page after it was made: only then is there a place to show. */
function whenSized(element, act) {
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (!contentRect.height) return;
    observer.disconnect();
    requestAnimationFrame(act);
  });
  observer.observe(element);
}

// What a screen reader is told: one polite region, written now and then.


const LIVE_GAP = 300; // milliseconds

/** The live region of one view; the latest message wins where several come at once. */
class LiveRegion {
  constructor(now = Date.now) {
    this.element = create("div", { class: "cx-hidden", "aria-live": "polite", role: "status" });
    this.node = textIn(this.element);
    this.now = now;
    this.writtenAt = -LIVE_GAP;
    this.timer = 0;
  }

  say(text) {
    this.next = text;
    if (this.timer) return;
    const wait = Math.max(0, this.writtenAt + LIVE_GAP - this.now());
    this.timer = setTimeout(() => this.write(), wait);
  }

  write() {
    this.timer = 0;
    this.writtenAt = this.now();
    // the same words twice are read twice only where the text differs
    this.node.data = this.node.data === this.next ? `${this.next}\u00a0` : this.next;
  }

  dispose() {
    clearTimeout(this.timer);
  }
}

// The status line: what is saved and what waits; the list of interviews says where.


const REFUSED_FOR = 5000; // milliseconds that a refusal stands at the least

/** What a refusal says stays in the status line until something else is done. */
function keepRefusal(view, reason) {
  const waits = view.session.status().kind === "held"; // then it is over once all is saved
  const until = view.session.now() + REFUSED_FOR;
  view.refusal = { reason, waits, until };
  drawStatus(view);
}

/** Something was done: a refusal goes, once it could be read. */
function endRefusal(view) {
  if (view.refusal) view.refusal.isSeen = true;
}

/** Writes the status where it changed, and the marks of interviews with changes that wait. */
function drawStatus(view) {
  if (!view.saved) return;
  const { say, refusal, session } = view;
  const { kind, n, unkept, reason = "" } = session.status();
  const isOver = refusal?.isSeen && session.now() >= refusal.until;
  if (isOver || (refusal?.waits && !n)) view.refusal = null;
  const isRefused = view.refusal && !n;
  const said = isRefused ? say("refused", view.refusal) : say(`save_${kind}`, { n, reason });
  const text = said + (unkept && n ? ` ${say("unkept")}` : "");
  markDocuments(view);
  if (view.saved.data === text) return;
  view.saved.data = text;
  view.savedBox.dataset.kind = isRefused ? "held" : kind;
  if (isRefused || !["saved", "saving"].includes(kind)) view.live.say(text);
}

// A key that is pressed in a view: whose it is, and the command that it runs.


/** Runs the command of a key; keys that are nobody's here pass on to the page. */
function takeKey(view, event) {
  const [target] = event.composedPath();
  const inInput = target.matches("input, textarea, select");
  const isButton = target.matches("button");
  const place = target.closest("[data-mode]")?.dataset.mode ?? (isButton ? "button" : null);
  const command = view.kind.commandOf(event, { inInput, mode: place ?? view.mode ?? "text" });
  if (keepsKey(event, command, { inInput })) event.stopPropagation();
  else letPass(view.host);
  if (trapsTab(view, event) || !command) return;
  event.preventDefault();
  if (!view.transcript) return;
  if (view.mode && !place && !view.belongs(command.name)) view.setMode(null);
  view.act(command.name, command.value);
}

// Lab looks for the attribute on the host: it must not stand where a key is Lab's
function letPass(host) {
  host.removeAttribute("data-lm-suppress-shortcuts");
  setTimeout(() => host.setAttribute("data-lm-suppress-shortcuts", "true"));
}

function trapsTab({ picker, help, root }, event) {
  if (event.key !== "Tab" || !(picker?.isOpen || help?.isOpen)) return false;
  event.preventDefault();
  const { element } = help;
  if (help.isOpen) (root.activeElement === element ? element.lastChild : element).focus();
  return true;
}

// Commands that move the caret, the selection, or what is shown; nothing here changes a coding.


const STAYS = 700; // milliseconds behind an Esc that closed something in which one leaves nothing

const mover = (unit, extend) => (view, way) => view.transcript.move(unit, way, { extend });

/** The turn [start, end) of an offset. */
function turnAt(view, offset) {
  const { turns } = view;
  let low = 0;
  let high = turns.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (turns[mid][0] <= offset) low = mid;
    else high = mid - 1;
  }
  return turns[low];
}

const turnEdge = (extend) => (view, way) => {
  const { anchor, focus } = view.transcript.selection;
  const [start, end] = turnAt(view, focus);
  const trimmed = start + view.text.slice(start, end).trimEnd().length;
  const to = way < 0 ? start : trimmed;
  view.transcript.select(extend ? anchor : to, to);
};

function tellTurn(view) {
  const { focus } = view.transcript.selection;
  const turn = view.turns.findLastIndex(([start]) => start <= focus);
  view.live.say(blockName(view, { turn: Math.max(0, turn), first: true }));
}

/** True where the selection was coded, was not left since, and still has a coding. */
function isCoded({ text, state, transcript, lastCoded }) {
  const { start, end } = transcript.selection;
  if (lastCoded?.start !== start || lastCoded.end !== end) return false;
  const span = trimSpan(text, start, end);
  const isSame = (one) => one.mine && one.start === span.start && one.end === span.end;
  return state.sorted().some(isSame);
}

const UNIT_BEGINS = { word: /[\p{L}\p{N}]/u, sentence: /\S/u, turn: /\S/u };

/** The first place from an offset on at which a word, sentence or turn begins to be; or -1. */
function nextPlace({ text, turns }, from, unit) {
  for (const [start, end] of turns) {
    if (end <= from) continue;
    const at = Math.max(start, from);
    const found = text.slice(at, end).search(UNIT_BEGINS[unit]);
    if (found >= 0) return at + found;
  }
  return -1;
}

/** Grows the selection to whole units; words that are coded begin a new one behind them. */
const grow = (unit) => (view) => {
  const { transcript } = view;
  if (isCoded(view)) {
    const at = nextPlace(view, transcript.selection.end, unit);
    if (at < 0) return view.note("no_next");
    transcript.select(at, at);
  }
  return transcript.expand(unit);
};

/** The end of the last word before an offset, or -1. */
function lastPlace({ text, turns }, to) {
  for (const [start, end] of turns.toReversed()) {
    if (start >= to) continue;
    const [words] = /^[^]*[\p{L}\p{N}]\p{M}*/u.exec(text.slice(start, Math.min(end, to))) ?? [""];
    if (words) return start + words.length;
  }
  return -1;
}

/** Grows the selection by the word before it; before words that are coded it begins a new one. */
function growBack(view) {
  const { transcript } = view;
  const { start, end } = transcript.selection;
  if (isCoded(view)) {
    const at = lastPlace(view, start);
    if (at < 0) return view.note("no_previous");
    transcript.select(at, at);
  } else transcript.select(end, start);
  return transcript.move("word", -1, { extend: true });
}

function stepCoding(view, way) {
  const { state, transcript } = view;
  const uncoded = state.filter.kind === "uncoded";
  const { focus } = transcript.selection;
  const found = state.step(uncoded ? transcript.selection.start : focus, way, view.current);
  if (!found) return view.note(way > 0 ? "no_next" : "no_previous");
  return view.go(found);
}

function stepOverlap(view) {
  const { start, focus } = view.transcript.selection;
  view.overlapAt ??= view.transcript.selection.end > start ? start : focus;
  const list = view.state.at(view.overlapAt);
  if (!list.length) return view.note("none_here");
  const at = list.findIndex(({ id }) => id === view.current);
  return view.go(list[(at + 1) % list.length], {
    place: at + 2 > list.length ? 1 : at + 2,
    n: list.length,
  });
}

function search(view, query) {
  view.hits = query.trim() ? view.finder.search(query) : [];
  const { start } = view.transcript.selection;
  const after = view.hits.findIndex(([from]) => from >= start);
  view.hitAt = after < 0 ? 0 : after;
  showHit(view);
}

function showHit(view) {
  const { hits, hitAt, transcript, find } = view;
  transcript.setHits(hits, hits.length ? hitAt : -1);
  find.told(hitAt, hits.length);
  if (hits.length) transcript.reveal(hits[hitAt][0]);
}

function stepHit(view, way) {
  const n = view.hits.length;
  if (!n) return view.find.isOpen ? undefined : view.find.open();
  view.hitAt = (view.hitAt + way + n) % n;
  showHit(view);
  return view.live.say(view.say("find_count", { at: view.hitAt + 1, n }));
}

function setFilter(view, kind) {
  const { state } = view;
  if (kind === "code" && !state.filter.code && !view.lastCode()) {
    return view.note("filter_no_code") ?? view.panel.update();
  }
  const current = state.codings.get(view.current)?.code;
  state.filter = { kind, code: kind === "code" ? (current ?? view.lastCode()) : null };
  view.drawFilter();
  const n = state.sorted().filter((coding) => state.passes(coding)).length;
  const shown = kind === "uncoded" ? state.uncodedUnits().length : n;
  const code = state.filter.code ? state.label(state.filter.code) : "";
  return view.note(`filtered_${kind}`, { n: shown, code });
}

const nextFilter = (view) => {
  const at = FILTERS.indexOf(view.state.filter.kind);
  const others = [...view.state.codings.values()].some(({ mine }) => !mine);
  let next = (at + 1) % FILTERS.length;
  if (FILTERS[next] === "mine" && !others) next += 1;
  if (FILTERS[next] === "code" && !view.lastCode()) next += 1;
  setFilter(view, FILTERS[next]);
};

/** Closes the innermost thing that is open; returns whether there was one. */
function closeOne(view) {
  const { picker, help, panel, find } = view;
  if (picker.isOpen) picker.close();
  else if (help.isOpen) help.close();
  else if (panel.memo.isOpen) panel.memo.close() ?? view.focusText();
  else if (find.isOpen) find.close();
  else if (view.mode) view.setMode(null);
  else if (view.state.lock !== null) view.setLock(null);
  else return view.hadPopup;
  return true;
}

/** Esc: with nothing open the focus leaves the widget, but not by a key pressed once too often. */
function closeOrLeave(view) {
  if (closeOne(view)) view.closedAt = view.now();
  else if (!(view.now() - view.closedAt < STAYS)) view.leave();
}

/** Commands by name: called with the view and the value of the key. */
const MOVES = {
  moveCharacter: mover("character", false),
  moveWord: mover("word", false),
  moveLine: mover("line", false),
  movePage: mover("page", false),
  moveDocument: mover("document", false),
  moveTurnEdge: turnEdge(false),
  extendCharacter: mover("character", true),
  extendWord: mover("word", true),
  extendLine: mover("line", true),
  extendPage: mover("page", true),
  extendDocument: mover("document", true),
  extendTurnEdge: turnEdge(true),
  word: grow("word"),
  wordBack: growBack,
  sentence: grow("sentence"),
  turn: grow("turn"),
  all: (view) => view.transcript.select(0, view.text.length, { reveal: false }),
  turnStep: (view, way) => view.transcript.move("turn", way, { extend: false }) ?? tellTurn(view),
  codingStep: stepCoding,
  overlap: stepOverlap,
  filter: nextFilter,
  setFilter,
  toText: (view) => view.focusText(),
  find: (view) => view.find.open(),
  findNext: stepHit,
  findStep: stepHit,
  search,
  help: (view) => view.help.open(),
  close: closeOrLeave,
  choose: (view, id) => view.go(view.state.codings.get(id)),
  treeStep: (view, by) => view.panel.tree.step(by),
  treeFold: (view, way) => view.panel.tree.turn(way),
  treeEdge: (view, way) => view.panel.tree.edge(way),
  treePick: (view) => view.panel.tree.pick(view.panel.tree.at),
  pickStep: (view, by) => view.picker.step(by),
  pickPage: (view, by) => view.picker.step(8 * by),
  pickTake: (view) => view.picker.take(),
};

// Commands that code: each makes ops from the selection and the current coding.


const UNDONE_WORDS = 30; // letters of a coding that is taken back
const CODED_WORDS = 40;

function selectedSpan(view) {
  const { start, end } = view.transcript.selection;
  const span = trimSpan(view.text, start, end);
  if (span.start < span.end) return span;
  view.note(start < end ? "only_blanks" : "nothing_selected");
  return null;
}

function codeSelection(view, code, before = []) {
  const span = selectedSpan(view);
  if (!span) return before.length ? view.commit(before) : undefined;
  view.lastCoded = { ...view.transcript.selection };
  const { start, end, trimmed } = span;
  const label = view.state.label(code);
  const same = view.state.same(start, end, code);
  if (same) {
    if (before.length) view.commit(before);
    view.setCurrent(same.id);
    return view.note("already", { code: label });
  }
  const batch = before.length ? freshId() : undefined;
  const id = freshId();
  const add = makeOp("add", {
    id,
    document: view.document,
    start,
    end,
    code,
    memo: "",
    uncertain: false,
    batch,
  });
  view.commit([...before.map((op) => ({ ...op, batch })), add]);
  view.setCurrent(id);
  const n = turnsOf(view, start, end);
  const said = n > 1 ? "coded_turns" : trimmed ? "coded_trimmed" : "coded";
  const words = inBrief(view.text.slice(start, end), CODED_WORDS);
  return view.note(said, { code: view.state.label(code), words, n });
}

function pinnedCode(view, i) {
  const code = view.state.pinned[i];
  if (code === undefined) return view.note("no_pinned", { n: i + 1 });
  return codeSelection(view, code);
}

function recentCode(view, i) {
  view.setMode(null);
  const code = view.state.recents[i];
  if (code === undefined) return view.note("no_recent", { n: i + 1 });
  return codeSelection(view, code);
}

function codeAgain(view) {
  const code = view.lastCode();
  return code === undefined ? view.note("no_last") : codeSelection(view, code);
}

function chooseRecent(view) {
  if (!view.state.recents.length) return view.note("no_last");
  view.setMode("recent");
  const names = view.state.recents.map((code, i) => `${i + 1} ${view.state.label(code)}`);
  return view.banner("recent_banner", { codes: names.join("   ") });
}

/** The op that makes a code, or none where it is there: [op, …]. */
function codeOps(view, name, parent, vivo) {
  if (view.state.codes.has(name)) return [];
  return [makeOp("code", { code: name, parent, kind: null, definition: "", vivo })];
}

/** Opens the picker; `use(name, ops)` gets what makes the code where it is new. */
const openPicker = (view, title, use, fresh = false, parent = null) =>
  view.picker.open({
    title: view.say(title),
    fresh,
    onTake: (name, isNew) => use(name, isNew ? codeOps(view, name, parent) : []),
  });

function makeNew(view, parent) {
  openPicker(
    view,
    "picker_new",
    (name, ops) => {
      const made = view.state.label(name);
      codeSelection(view, name, ops);
      const { start, end } = view.transcript.selection;
      if (start === end && ops.length) view.note("made", { code: made });
    },
    true,
    parent,
  );
}

function newUnder(view) {
  const current = view.state.codings.get(view.current)?.code ?? view.lastCode();
  const code = view.state.codes.get(current);
  makeNew(view, code ? (code.parent ?? code.theme ?? code.name) : null);
}

function codeInVivo(view) {
  const span = selectedSpan(view);
  if (!span) return;
  const name = inVivoName(view.text, span.start, span.end);
  const vivo = [view.points.toPoints(span.start), view.points.toPoints(span.end)];
  codeSelection(view, name, codeOps(view, name, IN_VIVO, vivo));
}

function ownCurrent(view, id = view.current) {
  const coding = view.state.codings.get(id);
  if (!coding) view.note("none_here");
  else if (!coding.mine) view.note("not_yours", { coder: coding.coder });
  return coding?.mine ? coding : null;
}

const edit = (view, coding, fields) => view.commit([makeOp("edit", { id: coding.id, ...fields })]);

function openMemo(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  const words = inBrief(view.text.slice(coding.start, coding.end), UNDONE_WORDS);
  const title = view.say("memo_on", { code: view.state.label(coding.code), words });
  view.showPanel();
  view.panel.memo.open(coding.id, title, coding.memo, (memo) => {
    edit(view, coding, { memo });
    view.note("memo_changed", { code: view.state.label(coding.code) });
  });
}

function openDocumentMemo(view) {
  view.showPanel();
  view.panel.memo.open(view.document, view.say("memo_document"), view.state.now.memo, (text) => {
    view.commit([makeOp("memo", { document: view.document, text })]);
    view.note("document_memo_changed");
  });
}

function saveMemo(view) {
  view.panel.memo.close();
  view.focusText();
}

function discardMemo(view) {
  view.panel.memo.discard();
  view.focusText();
  view.note("memo_discarded");
}

function toggleUncertain(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  edit(view, coding, { uncertain: !coding.uncertain });
  view.note(coding.uncertain ? "now_certain" : "now_uncertain", {
    code: view.state.label(coding.code),
  });
}

function removeCoding(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  view.commit([makeOp("remove", { id: coding.id })]);
  view.setCurrent(null);
  view.note("removed", { code: view.state.label(coding.code) });
}

function recode(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  openPicker(view, "picker_recode", (code, ops) => {
    if (code === coding.code) return;
    const batch = freshId();
    const change = makeOp("edit", { id: coding.id, code });
    view.commit([...ops, change].map((op) => ({ ...op, batch })));
    view.note("recoded", { code: view.state.label(code) });
  });
}

function toggleLock(view) {
  if (view.state.lock !== null) return view.setLock(null);
  const code = view.state.codings.get(view.current)?.code ?? view.lastCode();
  if (code !== undefined) return view.setLock(code);
  return openPicker(view, "picker_lock", (name, ops) => {
    if (ops.length) view.commit(ops);
    view.setLock(name);
  });
}

/** Enter: with a lock the selection is coded; without one the picker opens for it. */
function confirmSelection(view) {
  const { lock } = view.state;
  if (lock !== null) return codeSelection(view, lock);
  const { start, end } = view.transcript.selection;
  return start < end ? COMMANDS.picker(view) : view.note("nothing_selected");
}

function chooseEdge(view, side) {
  const coding = ownCurrent(view);
  if (!coding) return;
  view.setMode("edge");
  Object.assign(view, { edgeSide: side, edgeId: coding.id, edgeBatch: freshId() });
  view.selectEdge(coding);
  view.banner("edge_banner", { side: view.say(`edge_${side}`) });
}

const EDGE_STEPS = {
  character: (view, at, way) => nextGrapheme(view.text, at, way),
  word: (view, at, way) => nextWord(view.text, at, way, view.lang),
  sentence: (view, at, way) => {
    const [from, to] = turnAt(view, way < 0 ? Math.max(0, at - 1) : at);
    const place = way < 0 ? Math.max(from, at - 1) : at;
    const [start, end] = sentenceAt(view.text, place, view.lang, from, to);
    return way < 0 ? start : end;
  },
};

const moveEdge = (unit) => (view, way) => {
  const coding = view.state.codings.get(view.edgeId);
  if (!coding) return view.setMode(null);
  const { edgeSide: side } = view;
  const at = EDGE_STEPS[unit](view, coding[side], way);
  const { start, end } = { ...coding, [side]: Math.max(0, Math.min(view.text.length, at)) };
  if (start >= end || coding[side] === at || !view.text.slice(start, end).trim()) return undefined;
  edit(view, coding, { start, end, batch: view.edgeBatch });
  return view.selectEdge(view.state.codings.get(coding.id));
};

/** Cuts the current coding at turns: the first part keeps id and memo; one batch for undo. */
function splitByTurn(view) {
  const coding = ownCurrent(view);
  if (!coding) return;
  const parts = view.turns
    .map(([from, to]) =>
      trimSpan(view.text, Math.max(from, coding.start), Math.min(to, coding.end)),
    )
    .filter(({ start, end }) => start < end);
  if (parts.length < 2) return;
  const batch = freshId();
  const { id, code, uncertain } = coding;
  const [{ start, end }, ...rest] = parts;
  view.commit([
    makeOp("edit", { id, start, end, batch }),
    ...rest.map((part) =>
      makeOp("add", {
        id: freshId(),
        document: view.document,
        start: part.start,
        end: part.end,
        code,
        memo: "",
        uncertain,
        batch,
      }),
    ),
  ]);
  view.note("was_split", { n: parts.length });
}

function readToHere(view) {
  const { focus } = view.transcript.selection;
  const unit = view.state.units.find(([start, end]) => start <= focus && focus < end);
  const to = unit ? unit[1] : turnAt(view, focus)[1];
  view.commit([makeOp("read", { document: view.document, to })]);
  const { read, units } = view.state.progress();
  view.note("read_to", { n: read, m: units });
}

/** Ops that an undo names, at whatever remove: those that are no undo, as far as they are known. */
function undoneOps(state, ids) {
  return ids.flatMap((id) => {
    const op = state.ops.find((each) => each.op_id === id);
    if (op?.op !== "undo") return op ? [op] : [];
    return undoneOps(state, [op.undoes].flat());
  });
}

/** What was taken back or done again, in words: the first coding, else what the op is. */
function changeInWords(view, changed, before, ops) {
  const { say, state } = view;
  const [coding, ...more] = changed
    .map((id) => state.codings.get(id) ?? before.get(id))
    .sort((a, b) => a.start - b.start);
  if (coding) {
    const words = inBrief(view.text.slice(coding.start, coding.end), UNDONE_WORDS);
    const one = say("coding_words", { code: state.label(coding.code), words });
    return more.length ? say("and_more", { one, n: more.length }) : one;
  }
  const [op] = ops;
  if (op?.op === "code") return say("quoted", { words: op.code });
  return op?.op === "memo" ? say("memo_document") : op?.op === "read" ? say("key_readTo") : "";
}

/** Says what the last undo or redo changed, and shows it. */
function tellChange(view, { said, ops, before }, changed) {
  const what = changeInWords(view, changed, before, ops);
  const coding = view.state.codings.get(changed[0]) ?? before.get(changed[0]);
  if (coding) view.transcript.reveal(coding.start);
  return what ? view.note(`${said}_what`, { what }) : view.note(said);
}

const takeBack = (next, said, none) => (view) => {
  const { state } = view;
  const ids = state[next]();
  if (!ids.length) return view.note(none);
  const told = { said, ops: undoneOps(state, ids), before: new Map(state.codings) };
  const undo = makeOp("undo", { undoes: ids.length > 1 ? [...ids] : ids[0] });
  const changed = view.commit([undo]);
  // of old ops only the kernel knows what they did: its answer is told
  view.untold = changed.length || !view.session.beyond.has(undo.op_id) ? null : told;
  return tellChange(view, told, changed);
};

/** All commands by name: called with the view and the value of the key or of the click. */
const COMMANDS = {
  ...MOVES,
  pinned: pinnedCode,
  pick: (view, code) => codeSelection(view, code),
  again: codeAgain,
  recent: chooseRecent,
  recentCode,
  picker: (view) => openPicker(view, "picker_code", (name, ops) => codeSelection(view, name, ops)),
  newCode: (view) => makeNew(view, null),
  newUnder,
  inVivo: codeInVivo,
  lock: toggleLock,
  confirm: confirmSelection,
  memo: openMemo,
  documentMemo: openDocumentMemo,
  memoSave: saveMemo,
  memoDiscard: discardMemo,
  uncertain: toggleUncertain,
  remove: removeCoding,
  recode,
  edge: chooseEdge,
  edgeCharacter: moveEdge("character"),
  edgeWord: moveEdge("word"),
  edgeSentence: moveEdge("sentence"),
  edgeDone: (view) => view.setMode(null),
  split: splitByTurn,
  readTo: readToHere,
  undo: takeBack("nextUndo", "undone", "nothing_to_undo"),
  redo: takeBack("nextRedo", "redone", "nothing_to_redo"),
};

// The widget: layout, focus and keys of one view; what commands and messages change is drawn here.


const MANY = 40; // changed codings from which all marks are drawn anew
const AFTER_CLICKS = 320; // milliseconds in which one more click of a series may come

const CODING_KIND = {
  region: "region",
  panel: "panel",
  commands: COMMANDS,
  commandOf,
  help: {},
  makePanel: (view, shared) => new Panel({ ...shared, hint: hintOf(view) }),
  ...{ markOf, codesOf, drawMargin, drawSide },
};

/** Builds the widget in a shadow root on `host`. `wire` has send(message) and
 * onMessage(callback(message, buffers)). */
function mountCoder(host, wire, options = {}) {
  return new CoderView(host, wire, options);
}

/** One view of a coder's interview; the settling view is built upon it. */
class CoderView {
  constructor(host, wire, { now = Date.now, storage = pageStorage(), lang = "" }) {
    Object.assign(this, { host, now, mode: null, current: null, hits: [], hitAt: 0 });
    this.drafts = new Map(); // memos typed while the text was replaced, by what they belong to
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    host.setAttribute("data-lm-suppress-shortcuts", "true");
    this.frame = create("div", { class: "cx-root", "aria-busy": "true", text: "…" });
    this.frame.append(...earlyFonts(lang));
    this.root.replaceChildren(create("style", { text: SHEET }), this.frame);
    this.frame.addEventListener("keydown", (event) => takeKey(this, event));
    keepFocus(host, this.frame, () => this.transcript?.element);
    this.forgetTheme = watchTheme(host);
    this.leaving = () => this.panel?.memo.keep();
    window.addEventListener("pagehide", this.leaving);
    this.live = new LiveRegion(now);
    this.session = new Session({ wire, storage, now, on: this });
    this.session.open();
  }

  dispose() {
    this.panel?.memo.close();
    window.removeEventListener("pagehide", this.leaving);
    this.session.dispose();
    this.forgetTheme();
    this.live.dispose();
    this.transcript?.dispose();
    clearTimeout(this.clicks);
    this.root.replaceChildren();
  }

  get coderName() {
    return this.message.coder;
  }

  /** What the settling view does its own way. */
  get kind() {
    return CODING_KIND;
  }

  get state() {
    return this.session.state;
  }

  get text() {
    return this.session.text;
  }

  get points() {
    return this.session.points;
  }

  get document() {
    return this.session.document;
  }

  // what the session tells

  /** The kernel's answer to `open`: built anew for another text, else only what changed. */
  opened(message, { isSame, changed, notes = [] }) {
    this.message = message;
    if (!isSame || !this.transcript) this.build(message);
    else {
      this.panel.rebuild();
      this.redraw(changed);
      if (this.untold && changed.length) tellChange(this, this.untold, changed);
    }
    this.untold = null;
    this.frame.setAttribute("aria-busy", "false");
    fillDocuments(this, message);
    const told = [...message.notes, ...notes.map(([key, values]) => this.say(key, values))];
    if (told.length) this.tell(told.join(" "));
  }

  changed(ids) {
    if (this.transcript) this.redraw(ids);
  }

  status() {
    drawStatus(this);
  }

  refused(reason) {
    if (!this.noteText) this.frame.replaceChildren(reason);
    else this.note("refused", { reason }) ?? keepRefusal(this, reason);
  }

  // building

  build(message) {
    const { labels, turns, lang } = message;
    const hadFocus = Boolean(this.root.activeElement);
    this.transcript?.dispose();
    this.panel?.memo.setAside();
    this.say = sayer(labels ?? {});
    this.lang = lang || "";
    this.turns = turns.map(([start, end, ...rest]) => [
      this.points.toUtf16(start),
      this.points.toUtf16(end),
      ...rest,
    ]);
    Object.assign(this, { current: null, mode: null, hits: [] });
    const { state, say, drafts } = this;
    const shared = { state, say, drafts, act: (name, value) => this.act(name, value) };
    const onClose = () => this.focusText();
    this.panel = this.kind.makePanel(this, shared);
    this.picker = new Picker({ ...shared, onClose });
    this.help = new HelpSheet({ ...shared, ...this.kind.help, onClose });
    this.popup = new Popup(shared);
    this.find = new FindBar({
      ...shared,
      onSearch: (query) => this.act("search", query),
      onStep: (way) => this.act("findStep", way),
      onClose: () => this.findClosed(),
    });
    this.finder = new Finder(this.text, this.turns);
    layOut(this);
    this.readTo = this.state.now.readTo;
    this.addTranscript();
    this.soon();
    this.status();
    if (hadFocus) this.focusText();
  }

  addTranscript() {
    const { turns, lang, text } = this;
    this.transcript = new Transcript({
      root: this.root,
      parent: this.textBox,
      text,
      turns,
      spans: this.marks(),
      lang,
      name: this.document,
      speakerOf: (turn) => turns[turn]?.[2] ?? "",
      describe: (block) => this.kind.codesOf(this, block),
      label: (block) => blockName(this, block),
      onPaint: (block, margin) => this.kind.drawMargin(this, block, margin),
      onSelect: (selection) => this.selected(selection),
    });
    const { element } = this.transcript;
    element.addEventListener("mousedown", () => this.popup.close());
    element.addEventListener("scroll", () => this.popup.close());
    element.addEventListener("mouseup", (event) => this.released(event));
    const last = this.message.read_to ? this.state.now.readTo : 0;
    if (last) this.transcript.select(last, last);
    whenSized(element, () => this.transcript.reveal(this.transcript.selection.focus));
  }

  // drawing

  redraw(ids) {
    if (ids.length > MANY) return this.redrawAll();
    for (const id of new Set(ids)) {
      const coding = this.state.codings.get(id);
      const mark = coding && this.kind.markOf(this, coding);
      if (mark) this.transcript.addSpan(mark);
      else this.transcript.removeSpan(id);
    }
    if (this.current && !this.state.codings.has(this.current)) this.current = null;
    if (this.readTo !== this.state.now.readTo) this.redrawRead();
    return this.soon();
  }

  redrawAll() {
    this.readTo = this.state.now.readTo;
    this.transcript.setSpans(this.marks());
    this.soon();
  }

  redrawRead() {
    this.readTo = this.state.now.readTo;
    this.transcript.repaint([...this.transcript.mounted.keys()]);
  }

  marks() {
    return this.state.sorted().map((coding) => this.kind.markOf(this, coding));
  }

  /** Panel, counts and progress, once behind the next frame: the marks do not wait for them. */
  soon() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    afterFrame(() => this.drawSide());
  }

  drawSide() {
    this.isDrawing = false;
    if (!this.session.isDone) this.kind.drawSide(this);
  }

  drawFilter() {
    this.redrawAll();
  }

  /** Words in the status line, and for screen readers. */
  note(key, values) {
    if (this.noteText) this.tell(this.say(key, values));
  }

  tell(text) {
    this.noteText.data = text;
    this.live.say(text);
  }

  banner(key, values) {
    this.bannerBox.hidden = !key;
    if (!key) return;
    this.bannerText.data = this.say(key, values);
    this.live.say(this.bannerText.data);
  }

  // selection

  selected({ start, end, focus }) {
    this.popup.close();
    if (this.lastCoded?.start !== start || this.lastCoded.end !== end) this.lastCoded = null;
    const { current } = this;
    const kept = this.state.codings.get(current);
    if (!kept || kept.start !== start || kept.end !== end) {
      const list =
        start < end ? this.state.at(start).filter((one) => one.end >= end) : this.state.at(focus);
      const inner = list.find((one) => one.mine) ?? list[0];
      this.setCurrent(inner?.id ?? null);
    }
    this.soon();
  }

  setCurrent(id) {
    if (id === this.current) return;
    const before = this.state.codings.get(this.current);
    this.current = id;
    const now = this.state.codings.get(id);
    if (before) this.transcript.addSpan(this.kind.markOf(this, before));
    if (now) this.transcript.addSpan(this.kind.markOf(this, now));
    this.soon();
  }

  /** Selects a coding (or a unit) and says what it is. */
  go(found, where = null) {
    if (!found) return;
    this.transcript.select(found.start, found.end);
    if (!found.id) return this.note("uncoded_unit");
    this.setCurrent(found.id);
    const said = [wordsOf(this, found), where ? this.say("place", where) : ""];
    return this.tell(said.filter(Boolean).join(", "));
  }

  selectEdge({ start, end }) {
    const [anchor, focus] = this.edgeSide === "start" ? [end, start] : [start, end];
    this.transcript.select(anchor, focus);
    this.setCurrent(this.edgeId);
  }

  /** The mouse let go: a popup at what is selected, or its coding where a code is locked. */
  released(event) {
    clearTimeout(this.clicks);
    const { start, end, focus } = this.transcript.selection;
    if (start === end || event.button !== 0) return;
    const finish = () => {
      if (this.state.lock !== null) return this.act("confirm");
      const rect = this.transcript.rectOf(focus, focus === end);
      if (rect) this.popup.open(rect, this.frame.getBoundingClientRect());
    };
    if (event.detail > 1) this.clicks = setTimeout(finish, AFTER_CLICKS);
    else finish();
  }

  // commands

  /** The code that was used last, or undefined. */
  lastCode() {
    return this.state.recents.find((name) => this.state.codes.has(name));
  }

  /** Ops of a command: drawn at once, kept and sent. Returns ids of codings that they change. */
  commit(ops) {
    const changed = this.session.commit(ops);
    this.redraw(changed);
    return changed;
  }

  /** Shows another interview, once the kernel has answered; until then the list names this one. */
  change(document) {
    this.panel.memo.close();
    this.session.change(document);
    this.documents.value = this.document;
  }

  act(name, value) {
    endRefusal(this);
    this.hadPopup = !this.popup.element.hidden;
    this.popup.close();
    if (name !== "overlap") this.overlapAt = undefined;
    const run = () => this.kind.commands[name]?.(this, value);
    if (this.transcript) this.transcript.together(run);
    else run();
  }

  belongs(name) {
    return (
      name === "close" || (this.mode === "edge" ? name.startsWith("edge") : name === "recentCode")
    );
  }

  setMode(mode) {
    this.mode = mode;
    if (!mode) this.showLock();
  }

  setLock(code) {
    const { state } = this;
    state.lock = code;
    this.showLock();
    if (code === null) this.note("unlocked");
  }

  showLock() {
    const { lock } = this.state;
    if (lock === null) this.banner(null);
    else this.banner("lock_banner", { code: this.state.label(lock) });
  }

  showPanel(isShown = true) {
    this.panel.element.hidden = !isShown;
    this.panelButton.setAttribute("aria-expanded", String(isShown));
  }

  focusText() {
    this.transcript.element.focus({ preventScroll: true });
  }

  findClosed() {
    const hit = this.hits[this.hitAt];
    this.transcript.setHits([], -1);
    if (hit) this.transcript.select(hit[0], hit[1]);
    this.hits = [];
    this.focusText();
  }

  /** The focus goes back to what is round the widget. */
  leave() {
    const gone = new CustomEvent("cx-leave", { bubbles: true, composed: true });
    this.host.dispatchEvent(gone);
    const active = this.root.activeElement;
    if (active) active.blur();
  }
}

// Where coders differ in one interview, and the ops that settle it. No page in it.


const DIGITS = [..."123456789"];
const PLACES = DIGITS.map((_digit, i) => i);
const rowsNamed = (...names) => KEY_TABLE.filter(({ name }) => names.includes(name));

/** Every key of the settling view, as KEY_TABLE has them of the other. */
const SETTLE_KEYS = [
  { group: "settle", name: "side", keys: ["ArrowLeft", "ArrowRight"], values: [0, 1] },
  { group: "settle", name: "sideOf", keys: DIGITS, values: PLACES },
  { group: "settle", name: "holds", keys: ["b", "y"] },
  { group: "settle", name: "holdsNot", keys: ["0", "n"] },
  { group: "settle", name: "amend", keys: ["e"] },
  { group: "settle", name: "reason", keys: ["m"] },
  { group: "settle", name: "reopen", keys: ["Delete", "Backspace"] },
  { group: "settle", name: "takeAll", keys: ["a"] },
  ...rowsNamed("undo", "redo").map((row) => ({ ...row, group: "settle" })),
  { group: "go", name: "nextOpen", keys: ["Enter"] },
  { group: "go", name: "itemStep", keys: ["ArrowUp", "ArrowDown"], values: [-1, 1] },
  ...rowsNamed("movePage", "moveDocument", "find", "findNext", "help", "close"),
];

const SHARED = rowsNamed("find", "findNext", "help", "close");
const MARKING = KEY_TABLE.filter(({ group, name }) => group === "mark" || /^move/.test(name));

/** What keys do by what waits for one: nothing, words to be selected, whose side to take. */
const SETTLE_CHORDS = {
  text: chordMap(SETTLE_KEYS),
  amend: chordMap([
    ...SHARED,
    ...MARKING,
    { name: "amendDone", keys: ["Enter"] },
    { name: "amendCode", keys: ["c"] },
  ]),
  takeAll: chordMap([
    ...SHARED,
    { name: "takeAllOf", keys: DIGITS, values: PLACES },
    { name: "takeAgreed", keys: ["0", "Enter"] },
  ]),
};

const touches = (one, { start, end }) => one.start < end && one.end > start;

/** What is to be settled of one interview; `state` is a CodingState whose own codings are what is
 * settled. An item is {code, start, end, unit, speaker, gave, not, elsewhere}, in UTF-16. */
class Settlement {
  constructor({ message, map, text, state }) {
    const { coders, by, items, agreed } = message.settle;
    const span = ({ start, end }) => ({ start: map.toUtf16(start), end: map.toUtf16(end) });
    Object.assign(this, { coders, by, text, state, document: message.document });
    this.items = items.map((item) => ({ ...item, ...span(item) }));
    this.agreed = agreed.map(([start, end, code]) => ({ code, ...span({ start, end }) }));
    this.others = message.documents.filter(({ name }) => name !== message.document);
  }

  /** All codings by code, cached until something changes. */
  byCode(code) {
    if (this.version !== this.state.version) {
      this.version = this.state.version;
      this.ofCode = new Map();
      for (const one of this.state.sorted()) {
        if (!this.ofCode.has(one.code)) this.ofCode.set(one.code, []);
        this.ofCode.get(one.code).push(one);
      }
    }
    return this.ofCode.get(code) ?? [];
  }

  /** What was settled of a unit and code here: codings of what holds, or one that does not. */
  made(item) {
    return this.byCode(item.code).filter((one) => one.mine && touches(one, item));
  }

  /** The coders' codings of the code on the unit, of all or of one. */
  given(item, by) {
    return this.byCode(item.code).filter(
      (one) => !one.mine && touches(one, item) && (by === undefined || one.by === by),
    );
  }

  /** {kind: open, yes or no, elsewhere, reason, by} of an item. */
  status(item) {
    const { elsewhere } = item;
    const said = (holds, about, isThere) => ({
      kind: holds ? "yes" : "no",
      elsewhere: isThere,
      reason: about.reason ?? "",
      by: about.decided_by ?? "",
    });
    if (elsewhere) return said(elsewhere.holds, elsewhere, true);
    const made = this.made(item);
    if (!made.length) return { kind: "open", elsewhere: false, reason: "", by: "" };
    const holding = made.find(({ holds }) => holds !== false);
    return said(Boolean(holding), holding ?? made[0], false);
  }

  isOpen(item) {
    return this.status(item).kind === "open";
  }

  /** How many are settled, and of how many, in this interview and in all. */
  counts() {
    const done = this.items.filter((item) => !this.isOpen(item)).length;
    const sum = (name) => this.others.reduce((total, about) => total + (about[name] ?? 0), 0);
    const n = this.items.length;
    return { done, n, allDone: done + sum("settled"), all: n + sum("items") };
  }

  /** The place of the next open item behind one, from the first again; -1 where there is none. */
  nextOpen(at) {
    const { items } = this;
    for (let step = 1; step <= items.length; step++) {
      const next = (at + step + items.length) % items.length;
      if (this.isOpen(items[next])) return next;
    }
    return -1;
  }

  /** The next interview in which something is open, or undefined. */
  nextDocument(names) {
    const at = names.indexOf(this.document);
    const order = [...names.slice(at + 1), ...names.slice(0, at)];
    const left = new Map(this.others.map(({ name, items, settled }) => [name, items - settled]));
    return order.find((name) => left.get(name) > 0);
  }

  /** What a coder says of an item: true, false, or null where she has not read the unit. */
  sideOf(item, by) {
    if (item.gave.includes(by)) return true;
    return item.not.includes(by) ? false : null;
  }

  /** The words that codings mark within a unit, each stretch once: [{start, end, from}]. */
  parts(item, codings) {
    const found = new Map();
    for (const one of codings) {
      const start = Math.max(one.start, item.start);
      const end = Math.min(one.end, item.end);
      const part = found.get(`${start}:${end}`) ?? { start, end, from: [] };
      part.from.push(one.ref ?? one.id);
      found.set(`${start}:${end}`, part);
    }
    return [...found.values()];
  }

  /** Ops that settle an item in place of what was settled of it: whether the code holds, and on
   * which words. What an earlier decision says of other units stays. */
  settle(item, { holds, parts = [], reason, batch = freshId() }) {
    const before = this.made(item);
    const why = reason ?? before.find((one) => one.reason)?.reason ?? "";
    const from = this.given(item).map(({ ref }) => ref);
    const unit = { start: item.start, end: item.end, from };
    const about = { code: item.code, holds, reason: why, decided_by: this.by };
    const spans = holds && parts.length ? parts : [unit];
    return [
      ...this.withdraw(item, batch),
      ...spans.map((part) => this.add({ ...about, ...part, batch })),
    ];
  }

  add({ code, start, end, from = [], reason = "", holds, decided_by: by, batch }) {
    const about = { start, end, code, memo: "", uncertain: false };
    const settled = { from, reason, holds, decided_by: by };
    const { document } = this;
    return makeOp("add", { id: freshId(), document, ...about, ...settled, batch });
  }

  /** Ops that leave an item open. */
  withdraw(item, batch = freshId()) {
    return this.made(item).flatMap((one) => [
      makeOp("remove", { id: one.id, batch }),
      ...[
        { start: one.start, end: Math.min(one.end, item.start) },
        { start: Math.max(one.start, item.end), end: one.end },
      ]
        .filter(({ start, end }) => this.text.slice(start, end).trim())
        .map(({ start, end }) => trimSpan(this.text, start, end))
        .map(({ start, end }) => ({ ...one, holds: one.holds !== false, start, end, batch }))
        .map((rest) => this.add(rest)),
    ]);
  }

  /** A coder's side of an item, or of all coders who gave the code where `by` is not named. */
  take(item, by, { reason, batch } = {}) {
    const holds = by === undefined || this.sideOf(item, by);
    const parts = holds ? this.parts(item, this.given(item, by)) : [];
    return this.settle(item, { holds, parts, reason, batch });
  }

  /** One coder's side of all that is open: {ops, n}. */
  takeAllOf(by) {
    const open = this.items.filter((item) => this.isOpen(item) && this.sideOf(item, by) !== null);
    const batch = freshId();
    return { ops: open.flatMap((item) => this.take(item, by, { batch })), n: open.length };
  }

  /** What all coders gave and nothing was settled about: {ops, n}. */
  takeAgreed() {
    const left = this.agreed.filter((item) => !this.made(item).length);
    const batch = freshId();
    return { ops: left.flatMap((item) => this.take(item, undefined, { batch })), n: left.length };
  }
}

// Beside the text that is settled: what differs, who says what, and the list of all of it.


const SIGNS = { open: "○", yes: "✓", no: "✕" };
const SHOWN_WORDS = 120; // characters of a coder's words

/** The sign of a coder: a number, and the line under the words that she marked. */
function coderSign(by) {
  const sign = create("span", { class: `cx-lane cx-by${by % 6}`, text: String(by + 1) });
  sign.setAttribute("aria-hidden", "true");
  return sign;
}

/** The panel of the settling view; `view` has matters, item, at. */
class SettlePanel {
  constructor({ view, say, act, drafts }) {
    Object.assign(this, { view, say, act });
    this.filter = this.makeFilter();
    this.progress = create("p", { class: "cx-settle-count" });
    this.progressNode = textIn(this.progress);
    this.head = create("div", { class: "cx-settle-head" });
    this.sides = create("div", { class: "cx-sides", role: "group", "aria-label": say("sides") });
    this.said = create("p", { class: "cx-settled-as" });
    this.tools = this.makeTools();
    this.memo = new MemoEditor({ say, act, drafts });
    this.list = create("ul", { class: "cx-items", "aria-label": say("settle_list") });
    const title = create("h2", { text: say("settle_list") });
    this.element = create(
      "section",
      { class: "cx-panel cx-settling", "aria-label": say("settle_panel") },
      create(
        "div",
        { class: "cx-place" },
        ...[this.progress, this.head, this.sides, this.said, this.tools, this.memo.element],
      ),
      create("div", { class: "cx-codes" }, title, this.makeBatches(), this.list),
    );
    this.rebuild();
  }

  makeFilter() {
    const { say } = this;
    const select = create(
      "select",
      {
        "aria-label": say("settle_filter"),
        "data-mode": "control",
        class: "cx-filter",
        on: { change: () => this.update() },
      },
      create("option", { value: "all", text: say("settle_filter_all") }),
      create("option", { value: "open", text: say("settle_filter_open") }),
    );
    return select;
  }

  makeTools() {
    const { say, act } = this;
    const tool = (label, key, name) => keyButton(say(label), key, () => act(name));
    return create(
      "p",
      { class: "cx-bar" },
      tool("do_holds", "b", "holds"),
      tool("do_holds_not", "0", "holdsNot"),
      tool("do_amend", "e", "amend"),
      tool("do_reason", "m", "reason"),
      tool("do_reopen", "Del", "reopen"),
      tool("do_next_open", "Enter", "nextOpen"),
    );
  }

  makeBatches() {
    const { say, act, view } = this;
    const { coders } = view.matters;
    const all = coders.map((coder, by) =>
      button(say("take_all_of", { coder }), () => act("takeAllOf", by)),
    );
    this.agreedButton = button("", () => act("takeAgreed"), { hidden: "" });
    return create(
      "p",
      { class: "cx-bar", role: "group", "aria-label": say("take_all") },
      ...all,
      this.agreedButton,
    );
  }

  /** The list anew, where what is to be settled is another. */
  rebuild() {
    this.rows = this.view.matters.items.map((item, at) => this.row(item, at));
    this.list.replaceChildren(...this.rows.map(({ element }) => element));
    this.shown = undefined;
  }

  row(item, at) {
    const { view, act } = this;
    const { state, text } = view;
    const choose = button("", () => act("chooseItem", at), { class: "cx-choose", tabindex: "-1" });
    const sign = create("span", { class: "cx-sign", "aria-hidden": "true" });
    const spoken = create("span", { class: "cx-hidden" });
    choose.append(
      sign,
      codeChip(state, item.code),
      create("span", { class: "cx-name", text: state.label(item.code) }),
      create("span", { class: "cx-soft", text: inBrief(text.slice(item.start, item.end), 28) }),
      spoken,
    );
    const element = create("li", { class: "cx-coding" }, choose);
    return { element, choose, sign: textIn(sign), spoken: textIn(spoken), kind: "" };
  }

  /** Everything as it is now. */
  update() {
    const { view, say, filter } = this;
    const { matters } = view;
    const counts = matters.counts();
    this.progressNode.data = say("settle_counts", counts);
    matters.items.forEach((item, at) => {
      const { kind } = matters.status(item);
      const row = this.rows[at];
      const isCurrent = at === view.at;
      if (row.kind !== kind) {
        Object.assign(row, { kind });
        row.sign.data = SIGNS[kind];
        row.spoken.data = say(`is_${kind}`);
        row.element.dataset.kind = kind;
      }
      row.element.hidden = filter.value === "open" && kind !== "open" && !isCurrent;
      row.choose.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) row.element.setAttribute("aria-current", "true");
      else row.element.removeAttribute("aria-current");
    });
    const left = matters.agreed.filter((item) => !matters.made(item).length).length;
    this.agreedButton.hidden = left === 0;
    this.agreedButton.firstChild.data = say("take_agreed", { n: left });
    this.show();
  }

  /** The item that is looked at. */
  show() {
    const { view, say } = this;
    const { item, matters } = view;
    const status = item && matters.status(item);
    const key = JSON.stringify([view.at, matters.state.version, status]);
    for (const part of [this.sides, this.said, this.tools]) part.hidden = !item;
    if (key === this.shown) return;
    this.shown = key;
    if (!item) {
      this.head.replaceChildren(create("p", { text: say("settle_none") }));
      return;
    }
    const { state } = view;
    const place = say("settle_place", { n: item.unit, speaker: item.speaker });
    this.head.replaceChildren(
      codeChip(state, item.code),
      create("strong", { class: "cx-name", text: state.label(item.code) }),
      create("span", { class: "cx-soft", text: place }),
    );
    this.sides.replaceChildren(...matters.coders.map((coder, by) => this.side(coder, by)));
    this.said.replaceChildren(...this.saidOf(status));
    this.rows[view.at].element.scrollIntoView({ block: "nearest" });
    if (this.shownAt !== view.at) this.toTop();
    this.shownAt = view.at;
  }

  toTop() {
    this.head.parentElement.scrollTop = 0;
  }

  side(coder, by) {
    const { view, say, act } = this;
    const { item, matters, text } = view;
    const side = matters.sideOf(item, by);
    const words = matters
      .parts(item, matters.given(item, by))
      .map(({ start, end }) => inBrief(text.slice(start, end), SHOWN_WORDS))
      .map((words) => say("quoted", { words }));
    const key = matters.coders.length === 2 ? ["←", "→"][by] : String(by + 1);
    const kind = side === null ? "unread" : side ? "gave" : "gave_not";
    const made = button("", () => act("sideOf", by), { class: "cx-side", "data-side": kind });
    made.disabled = side === null;
    made.append(
      create("kbd", { text: key, "aria-hidden": "true" }),
      coderSign(by),
      create("strong", { text: coder }),
      create("span", { class: "cx-name", text: [say(kind), ...words].join(" ") }),
    );
    return made;
  }

  saidOf({ kind, by, reason, elsewhere }) {
    const { say } = this;
    if (kind === "open") return [create("span", { class: "cx-soft", text: say("is_open") })];
    const where = elsewhere ? ` ${say("is_elsewhere")}` : "";
    const who = by ? ` (${by})` : "";
    return [
      create("strong", { text: `${SIGNS[kind]} ${say(`is_${kind}`)}${who}${where}` }),
      ...(reason ? [create("span", { class: "cx-memo", text: reason })] : []),
    ];
  }
}

// The settling view: coders' codings over one text, and a key for each decision.


const UNIT = "cx-unit"; // the id of the span that shows the unit

/** Builds the settling view in a shadow root on `host`; see `mountCoder`. */
function mountSettler(host, wire, options = {}) {
  return new SettleView(host, wire, options);
}

class SettleView extends CoderView {
  reasons = new Map(); // given before the decision, by item
  at = -1;

  get kind() {
    return SETTLING_KIND;
  }

  get coderName() {
    return this.say("settle_who", { coders: this.matters.coders.join(", "), by: this.matters.by });
  }

  /** The item that is looked at, or undefined. */
  get item() {
    return this.matters.items[this.at];
  }

  opened(message, about) {
    const before = this.matters && keyOf(this.item);
    const { points: map, text, state } = this;
    this.matters = new Settlement({ message, map, text, state });
    const same = about.isSame ? this.matters.items.findIndex((item) => keyOf(item) === before) : -1;
    this.at = same;
    super.opened(message, about);
    if (same >= 0 || !this.matters.items.length) return this.soon();
    const open = this.matters.nextOpen(-1);
    return this.chooseItem(Math.max(open, 0));
  }

  marks() {
    return [...super.marks().filter(Boolean), ...this.unitMark()];
  }

  unitMark() {
    const { item } = this;
    return item ? [{ id: UNIT, start: item.start, end: item.end, className: "cx-unit" }] : [];
  }

  /** Shows an item: its unit, and what coders marked there with its code. */
  chooseItem(at) {
    const before = this.item;
    if (this.mode) this.setMode(null);
    this.panel.memo.close();
    this.at = at;
    const { item, transcript, matters } = this;
    if (!item) return this.soon();
    for (const each of [before, item].filter(Boolean)) {
      const ids = [...matters.given(each), ...matters.made(each)].map(({ id }) => id);
      this.redraw(ids);
    }
    transcript.removeSpan(UNIT);
    this.unitMark().forEach((span) => transcript.addSpan(span));
    transcript.reveal(item.end, true);
    transcript.select(item.start, item.start);
    this.live.say(this.spoken(item));
    return this.soon();
  }

  /** An item in words: the code, where, who gave it and who did not, how it stands. */
  spoken(item) {
    const { say, matters, state } = this;
    const names = (list) => list.map((by) => matters.coders[by]).join(", ");
    return say("settle_spoken", {
      code: state.label(item.code),
      gave: names(item.gave),
      not: names(item.not),
      status: say(`is_${matters.status(item).kind}`),
      at: this.at + 1,
      n: matters.items.length,
    });
  }

  selected() {
    this.popup.close();
  }

  /** A click goes to what is to be settled there; while words are selected it selects. */
  released(event) {
    const { start, end, focus } = this.transcript.selection;
    if (this.mode === "amend" || start !== end || event.button !== 0) return;
    const there = this.matters.items
      .map((item, at) => ({ item, at }))
      .filter(({ item }) => item.start <= focus && focus <= item.end);
    const found = there.find(({ item }) => this.matters.isOpen(item)) ?? there[0];
    if (found && !there.some(({ at }) => at === this.at)) this.chooseItem(found.at);
  }

  belongs() {
    return true;
  }

  /** The item, where it may be settled here; else it is said why not. */
  settleable() {
    const { item } = this;
    if (!item) this.note("settle_none");
    else if (item.elsewhere) this.note("settle_elsewhere");
    return item && !item.elsewhere ? item : null;
  }

  /** Commits what settles the item, and says how it stands. */
  decide(item, ops) {
    this.reasons.delete(keyOf(item));
    this.commit(ops);
    const { kind } = this.matters.status(item);
    const { done, n } = this.matters.counts();
    this.note(`settled_${kind}`, { code: this.state.label(item.code), done, n });
  }
}

const keyOf = (item) => (item ? `${item.start}:${item.end}:${item.code}` : "");

/** A coder's coding, or what was settled to hold, as the text shows it, or null. */
function settleMark(view, { id, start, end, code, by, mine, holds, coder }) {
  if (mine && holds === false) return null;
  const { item } = view;
  const isHere = item && item.code === code && start < item.end && end > item.start;
  const names = ["cx-mark", mine ? "cx-settled" : `cx-by cx-by${by % 6}`];
  names.push(isHere ? "cx-current" : "cx-dim");
  const who = mine ? view.say("is_yes") : coder;
  return { id, start, end, className: names.join(" "), title: `${view.state.label(code)}\n${who}` };
}

/** The hidden text of a block: who gave which codes, and what is settled. */
function settleCodes(view, { spans }) {
  const codings = spans.map(({ id }) => view.state.codings.get(id)).filter(Boolean);
  if (!codings.length) return "";
  const words = ({ code, coder, mine }) =>
    `${view.state.label(code)} ${mine ? view.say("is_yes") : coder}`;
  return view.say("block_codes", { codes: [...new Set(codings.map(words))].join(", ") });
}

/** Beside a block: two letters of each code, and the numbers of those who gave it. */
function settleMargin(view, { spans }, margin) {
  const given = new Map();
  for (const { id } of spans) {
    const coding = view.state.codings.get(id);
    if (!coding) continue;
    const { code, by, mine } = coding;
    if (!given.has(code)) given.set(code, new Set());
    given.get(code).add(mine ? "✓" : String(by + 1));
  }
  const chips = [...given].map(([code, who]) =>
    create("span", {
      class: "cx-chip",
      title: view.state.label(code),
      text: `${abbreviation(view.state.label(code))} ${[...who].sort().join("·")}`,
    }),
  );
  margin.replaceChildren(...chips);
  margin.setAttribute("aria-hidden", "true");
}

function drawSettling(view) {
  const { matters, panel } = view;
  panel.update();
  const { done, n } = matters.counts();
  view.progressText.data = view.say("settle_progress", { done, n });
  view.listed.set(view.document, { name: view.document, items: n, settled: done });
  markDocuments(view);
}

/** Takes a side: of a coder, of all who gave the code (`undefined`), or that it does not hold. */
function takeSide(view, by) {
  const item = view.settleable();
  if (!item) return;
  const { matters } = view;
  const reason = view.reasons.get(keyOf(item));
  if (by === "none") view.decide(item, matters.settle(item, { holds: false, reason }));
  else if (by !== undefined && matters.sideOf(item, by) === null) {
    const coder = matters.coders[by];
    view.note(coder === undefined ? "no_coder" : "not_read", { n: by + 1, coder });
  } else view.decide(item, matters.take(item, by, { reason }));
}

/** Left and right: a coder's side where there are two, else yes and no. */
function leftOrRight(view, way) {
  const two = view.matters.coders.length === 2;
  return takeSide(view, two ? way : way === 0 ? undefined : "none");
}

function goOn(view) {
  const { matters } = view;
  const next = matters.nextOpen(view.at);
  if (next >= 0) return view.chooseItem(next);
  const names = view.message.documents.map(({ name }) => name);
  const other = matters.nextDocument(names);
  if (other === undefined) return view.note("all_settled");
  return view.change(other);
}

function stepItem(view, way) {
  const { items } = view.matters;
  const at = view.at + way;
  if (at < 0 || at >= items.length) return view.note(way > 0 ? "no_next" : "no_previous");
  return view.chooseItem(at);
}

function giveReason(view) {
  const item = view.settleable();
  if (!item) return;
  const { matters, panel, state } = view;
  const { kind, reason } = matters.status(item);
  const before = kind === "open" ? (view.reasons.get(keyOf(item)) ?? "") : reason;
  const title = view.say("reason_for", { code: state.label(item.code) });
  view.showPanel();
  panel.memo.open(keyOf(item), title, before, (text) => {
    const made = matters.made(item);
    if (!made.length) {
      view.reasons.set(keyOf(item), text);
      return view.note("reason_kept");
    }
    const batch = freshId();
    view.commit(made.map(({ id }) => makeOp("edit", { id, reason: text, batch })));
    return view.note("reason_saved");
  });
}

function reopen(view) {
  const item = view.settleable();
  if (!item) return;
  if (view.matters.isOpen(item)) view.note("is_open");
  else view.decide(item, view.matters.withdraw(item));
}

/** Starts to choose other words or another code: what is marked is selected. */
function amend(view) {
  const item = view.settleable();
  if (!item) return;
  const { matters, transcript } = view;
  const made = matters.made(item).filter(({ holds }) => holds !== false);
  const parts = matters.parts(item, made.length ? made : matters.given(item));
  view.setMode("amend");
  const start = Math.min(...parts.map((part) => part.start));
  transcript.select(start, Math.max(...parts.map((part) => part.end)));
  view.banner("amend_banner");
  view.focusText();
  // the banner takes room from the text, which is known in the next frame
  const { focus } = transcript.selection;
  requestAnimationFrame(() => requestAnimationFrame(() => transcript.reveal(focus, true)));
}

/** The selected words as far as they lie on the unit, or null. */
function chosenWords(view, item) {
  const { start, end } = view.transcript.selection;
  const inside = [Math.max(start, item.start), Math.min(end, item.end)];
  const span = trimSpan(view.text, inside[0], Math.max(...inside));
  if (span.start < span.end) return { start: span.start, end: span.end };
  view.note("amend_outside");
  return null;
}

function amendDone(view) {
  const { item, matters } = view;
  const words = chosenWords(view, item);
  if (!words) return;
  const from = matters.given(item).map(({ ref }) => ref);
  const reason = view.reasons.get(keyOf(item));
  view.setMode(null);
  view.decide(item, matters.settle(item, { holds: true, parts: [{ ...words, from }], reason }));
}

/** Another code holds for the words, and the one that was given does not. */
function amendCode(view) {
  const { item, matters } = view;
  const words = chosenWords(view, item);
  if (!words) return;
  openPicker(view, "picker_amend", (code, made) => {
    view.setMode(null);
    const batch = freshId();
    const from = matters.given(item).map(({ ref }) => ref);
    const reason = view.reasons.get(keyOf(item));
    const parts = [{ ...words, from }];
    const away = code === item.code ? [] : matters.settle(item, { holds: false, reason, batch });
    const other = { ...item, code };
    const ops = [...away, ...matters.settle(other, { holds: true, parts, reason, batch })];
    view.decide(item, [...made.map((op) => ({ ...op, batch })), ...ops]);
  });
}

function askTakeAll(view) {
  const { coders } = view.matters;
  const names = coders.slice(0, 9).map((coder, by) => `${by + 1} ${coder}`);
  view.setMode("takeAll");
  view.banner("take_all_banner", { coders: names.join("   ") });
}

const takeMany = (choose, said) => (view, by) => {
  view.setMode(null);
  const coder = by === undefined ? "" : view.matters.coders[by];
  if (coder === undefined) return view.note("no_coder", { n: by + 1 });
  const { ops, n } = choose(view.matters, by);
  if (!n) return view.note("took_none");
  view.commit(ops);
  return view.note(said, { n, coder });
};

/** Commands of the settling view by name. */
const SETTLE_COMMANDS = {
  ...MOVES,
  undo: COMMANDS.undo,
  redo: COMMANDS.redo,
  memoSave: (view) => COMMANDS.memoSave(view) ?? view.panel.toTop(),
  memoDiscard: COMMANDS.memoDiscard,
  side: leftOrRight,
  sideOf: takeSide,
  holds: (view) => takeSide(view, undefined),
  holdsNot: (view) => takeSide(view, "none"),
  amend,
  amendDone,
  amendCode,
  nextOpen: goOn,
  itemStep: stepItem,
  chooseItem: (view, at) => view.chooseItem(at),
  reason: giveReason,
  reopen,
  takeAll: askTakeAll,
  takeAllOf: takeMany((matters, by) => matters.takeAllOf(by), "took_all_of"),
  takeAgreed: takeMany((matters) => matters.takeAgreed(), "took_agreed"),
};

const SETTLING_KIND = {
  region: "settle_region",
  panel: "settle_panel",
  commands: SETTLE_COMMANDS,
  commandOf: (event, { inInput, mode }) =>
    commandOf(event, { inInput, mode, chords: SETTLE_CHORDS[mode] ?? SETTLE_CHORDS.text }),
  help: { table: SETTLE_KEYS, how: "settle_how" },
  makePanel: (view, { say, act, drafts }) => new SettlePanel({ view, say, act, drafts }),
  markOf: settleMark,
  codesOf: settleCodes,
  drawMargin: settleMargin,
  drawSide: drawSettling,
};

// The widget in Jupyter: anywidget's model is the wire, Esc leads back to the cell.


const LANG = "cx-lang-"; // the class that names the language of the interview's script

/** What anywidget calls: builds the widget in `el`, returns what takes it away. */
function renderCoder({ model, el }) {
  const host = document.createElement("div");
  el.append(host);
  let taker = null;
  const take = (message, buffers) => taker?.(message, buffers);
  const wire = {
    send: (message) => model.send(message),
    onMessage: (callback) => {
      taker = callback;
    },
  };
  model.on("msg:custom", take);
  const classes = model.get("_dom_classes") ?? [];
  const mount = classes.includes("cx-settles") ? mountSettler : mountCoder;
  const lang = classes.find((name) => name.startsWith(LANG))?.slice(LANG.length);
  const coder = mount(host, wire, { lang });
  host.addEventListener("cx-leave", () => {
    const cell = el.closest(".jp-Cell") ?? el.closest("[tabindex]");
    cell?.focus({ preventScroll: true });
  });
  return () => {
    model.off("msg:custom", take);
    coder.dispose();
    host.remove();
  };
}

export default { render: renderCoder };
