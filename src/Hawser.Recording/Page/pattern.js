// A moving picture that says which frame it is, so that a finished file can be held against what was drawn:
// the frame's number stands in 16 squares along the top, white for 1, the highest bit first, between two green ones.

const RATE = 25;
const BITS = 16;

export class Pattern {
  #canvas; #paint; #track; #timer; frames = 0; onframe = () => {};

  constructor(canvas) {
    this.#canvas = canvas;
    this.#paint = canvas.getContext("2d", { alpha: false });
  }

  start() {
    this.frames = 0;
    this.#draw();
    const stream = this.#canvas.captureStream(0);
    this.#track = stream.getVideoTracks()[0];
    this.#timer = setInterval(() => {
      this.frames++;
      this.#draw();
      this.#track.requestFrame();
      this.onframe(this.frames);
    }, 1000 / RATE);
    return stream;
  }

  stop() {
    clearInterval(this.#timer);
    this.#track?.stop();
  }

  #draw() {
    const p = this.#paint, { width, height } = this.#canvas, size = width / (BITS + 2), n = this.frames;
    p.fillStyle = "#18323b";
    p.fillRect(0, 0, width, height);
    for (let i = 0; i < 8; i++) {
      p.fillStyle = `hsl(${(n * 2 + i * 45) % 360} 60% 50%)`;
      p.fillRect((n * 4 + i * 80) % (width + 80) - 80, height * 0.35, 60, height * 0.4);
    }
    for (let i = 0; i < BITS + 2; i++) {
      const edge = i === 0 || i === BITS + 1;
      p.fillStyle = edge ? "#00c000" : (n >> (BITS - i)) & 1 ? "#fff" : "#000";
      p.fillRect(Math.round(i * size), 0, Math.ceil(size), Math.round(size));
    }
    p.fillStyle = "#fff";
    p.font = "28px system-ui, sans-serif";
    p.fillText(`Frame ${n}`, 16, height - 20);
  }
}
