// Keys that are pressed -> names of commands: one table for the key handler and the help sheet.

const WAYS = { Left: -1, Right: 1, Up: -1, Down: 1 };

const arrowRow = (group, name, mods, pair) => ({
  group,
  name,
  keys: pair.map((side) => `${mods}Arrow${side}`),
  values: pair.map((side) => WAYS[side]),
});

/** Every key of the widget: the group it is shown in, its command, its chords and their values. */
export const KEY_TABLE = [
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
export const MODE_KEYS = {
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
export const chordMap = (rows) =>
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
export function isComposing(event) {
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
export function chordOf(event) {
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
export function commandOf(event, { inInput = false, mode = "text", chords = TEXT_CHORDS } = {}) {
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
export function keepsKey(event, command, { inInput = false } = {}) {
  if (command || event.key === "Enter") return true;
  if (!(event.ctrlKey || event.metaKey || event.altKey)) return true;
  return inInput && /^[acvxyz]$/i.test(event.key ?? "");
}
