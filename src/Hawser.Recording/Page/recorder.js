import { RecorderSocket } from "./recorder-socket.js";
import { Pattern } from "./pattern.js";

const PIECE_MS = 1000;
const TYPES = ["video/webm;codecs=vp9,opus", "video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const $ = id => document.getElementById(id);
const pattern = new Pattern($("pattern"));
let recording;

const api = new URL("../recordings/", import.meta.url);

function say(text, running = false) {
  $("state").textContent = text;
  $("state").classList.toggle("running", running);
}

function complain(text) {
  $("problem").textContent = text ?? "";
  $("problem").hidden = !text;
}

function freshName() {
  const random = crypto.getRandomValues(new Uint8Array(4));
  return `rec-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-")}-${[...random].map(b => b.toString(16).padStart(2, "0")).join("")}`;
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function clock(ms) {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** One recording: pieces are kept until the server has them, and sent again after a break. */
class Recording {
  #socket; #recorder; #stream; #pieces = []; #next = 0; #sending = false; #savedCount = 0; #savedBytes = 0;
  #ended = false; #asked = false; #timer; #begun; #started = false;

  constructor(name, source, token) {
    [this.name, this.source, this.token] = [name, source, token];
  }

  async begin() {
    this.#stream = this.source === "screen"
      ? await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 30 }, audio: true })
      : pattern.start();
    this.#socket = new RecorderSocket(this.token);
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", () => { if (!this.#ended) say("The connection broke; trying again…"); });
    this.#socket.on("refused", reason => this.#refused(reason));
    this.#socket.on("finished", end => this.#finished(end));
    this.#socket.on("recordingWarning", w => complain(w.warning));
    this.#socket.on("recordingError", e => this.#fail(e.error));
  }

  stop() {
    say("Saving the rest…");
    $("stop").disabled = true;
    if (this.#recorder?.state !== "inactive") this.#recorder?.stop();
    else this.#halted();
  }

  async #connected() {
    try {
      const answer = await this.#socket.emit("start", { recordId: this.name });
      if (answer.code === "finished" && this.#asked) return this.#pump();
      if (answer.code) return answer.code === "busy" ? undefined : this.#fail(answer.error);
      if (!this.#started) this.#record();
      if (!this.#ended) this.#recorder.state === "inactive" ? say("Saving the rest…") : say("Recording", true);
      this.#pump();
    } catch (e) {
      if (!e.lost) throw e;
    }
  }

  #record() {
    this.#started = true;
    const mimeType = TYPES.find(t => MediaRecorder.isTypeSupported(t));
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, videoBitsPerSecond: 2_500_000 });
    this.#recorder.ondataavailable = e => { if (e.data.size > 0) this.#add(e.data); };
    this.#recorder.onstop = () => this.#halted();
    this.#stream.getVideoTracks()[0].addEventListener("ended", () => this.stop());
    this.#recorder.start(PIECE_MS);
    this.#begun = performance.now();
    this.#timer = setInterval(() => { $("time").textContent = clock(performance.now() - this.#begun); }, 250);
    $("stop").disabled = false;
    $("live").hidden = $("stage").hidden = false;
    $("pattern").hidden = this.source === "screen";
    $("screen").hidden = this.source !== "screen";
    if (this.source === "screen") { $("screen").srcObject = this.#stream; $("screen").play(); }
  }

  #add(blob) {
    this.#pieces.push({ seq: this.#next++, blob });
    this.#show();
    this.#pump();
  }

  #halted() {
    if (this.#asked) return;
    this.#asked = true;
    clearInterval(this.#timer);
    this.#stream.getTracks().forEach(t => t.stop());
    pattern.stop();
    this.#pump();
  }

  // One piece after the other: the next goes when the last is on the server's disk.
  async #pump() {
    if (this.#sending || this.#ended || !this.#socket.isJoined) return;
    this.#sending = true;
    try {
      while (this.#pieces.length > 0) {
        const { seq, blob } = this.#pieces[0];
        const saved = await this.#socket.emit("chunk", { recordId: this.name, seq }, await blob.arrayBuffer());
        if (saved.code && !await this.#again(saved)) return;
        if (saved.code) continue;
        this.#pieces.shift();
        this.#savedCount++;
        this.#savedBytes += blob.size;
        this.#show();
      }
      if (this.#asked) {
        say("Finishing the file…");
        const end = await this.#socket.emit("stop", { recordId: this.name, chunks: this.#next });
        if (end.code) this.#fail(end.error);
      }
    } catch (e) {
      if (!e.lost) throw e;
    } finally {
      this.#sending = false;
    }
  }

  // What passes is waited for; what does not ends the recording with what is saved.
  async #again(refusal) {
    if (["storage_full", "storage_error", "index_unavailable", "internal"].includes(refusal.code)) {
      complain(refusal.error);
      await new Promise(resolve => setTimeout(resolve, 3000));
      return true;
    }
    this.#pieces.length = 0;
    complain(refusal.error);
    this.#next = this.#savedCount;
    this.stop();
    setTimeout(() => this.#pump());
    return false;
  }

  #show() {
    $("sent").textContent = this.#next;
    $("saved").textContent = this.#savedCount;
    $("bytes").textContent = size(this.#savedBytes);
    $("saved-bar").max = Math.max(1, this.#next);
    $("saved-bar").value = this.#savedCount;
    if (this.#savedCount === this.#next) complain();
  }

  async #finished(end) {
    if (this.#ended || end.recordId !== this.name) return;
    this.#close("Finished.");
    const url = end.downloadUrl ?? new URL(`download/${encodeURIComponent(`${this.name}/final.webm`)}`, api).pathname;
    $("download").href = url;
    $("player").src = url + (url.includes("?") ? "&" : "?") + "inline=1";
    $("result").hidden = false;
    $("result").dataset.recordId = this.name;
    $("player").addEventListener("loadedmetadata", () => { $("facts").textContent = `${clock($("player").duration * 1000)}, ${size(this.#savedBytes)}`; }, { once: true });
  }

  #refused() {
    $("token-row").hidden = false;
    this.#close("Not recording.");
    complain(this.token ? "This token is not valid, or it may not record." : "This server asks for an access token.");
    $("token").focus();
  }

  #fail(text) {
    if (this.#ended) return;
    this.#close("The recording has ended.");
    complain(text);
  }

  #close(text) {
    this.#ended = true;
    clearInterval(this.#timer);
    if (this.#recorder && this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#asked = true;
    this.#stream?.getTracks().forEach(t => t.stop());
    pattern.stop();
    // A picture that stands still looks as if something were still going on.
    $("stage").hidden = true;
    this.#socket?.close();
    say(text);
    $("setup").disabled = $("start").disabled = false;
    $("stop").disabled = true;
    recording = undefined;
    $("name").value = freshName();
  }
}

pattern.onframe = n => { $("frames").textContent = n; };
$("name").value = freshName();
if (!navigator.mediaDevices?.getDisplayMedia) {
  const screen = document.querySelector("input[value=screen]");
  screen.disabled = true;
  screen.nextElementSibling.textContent += " (this browser can't, or the page needs HTTPS)";
}

$("stop").addEventListener("click", () => recording?.stop());
$("form").addEventListener("submit", async event => {
  event.preventDefault();
  complain();
  $("result").hidden = true;
  for (const id of ["sent", "saved", "frames"]) $(id).textContent = "0";
  $("setup").disabled = $("start").disabled = true;
  say("Connecting…");
  const source = document.querySelector("input[name=source]:checked").value;
  recording = new Recording($("name").value || freshName(), source, $("token").value.trim());
  try {
    await recording.begin();
  } catch (e) {
    recording = undefined;
    $("setup").disabled = $("start").disabled = false;
    say("Not recording.");
    complain(e.name === "NotAllowedError" ? "The browser was not allowed to record the screen." : e.message);
  }
});
addEventListener("beforeunload", event => { if (recording) event.preventDefault(); });
