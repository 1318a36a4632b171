// How tall each block is: guessed until it was measured; and where each begins, in pixels.

import { upper } from "./offsets.js";

/** Heights of the blocks of a text, with the top of each as a running sum. */
export class Heights {
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
