// Records in a real Chromium and prints what it saw as JSON.
//   node recorder-browser.mjs page URL [TOKEN] [SHOTS]   the page /recorder with its test picture
//   node recorder-browser.mjs sample URL [TOKEN]         the sample of the API's document, with the stock client
//   node recorder-browser.mjs axe URL [TOKEN]            what axe finds on the page, in every state and dress of it
//   node recorder-browser.mjs closed URL [TOKEN]         a tab that is closed in the middle
//   node recorder-browser.mjs media URL [TOKEN]          every codec, a pause, another size, no timeslice
import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [, , mode, url, token = "", shots = ""] = process.argv;
const PATIENCE = 150_000;
const AXE = mode === "axe" ? readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8") : "";
// What MediaRecorder can be asked for; each is recorded for a while, finished, and played to its end.
const MEDIA = [
    { name: "vp8", mime: "video/webm;codecs=vp8" },
    { name: "vp8 opus", mime: "video/webm;codecs=vp8,opus", audio: true },
    { name: "vp9 opus", mime: "video/webm;codecs=vp9,opus", audio: true },
    { name: "av1", mime: "video/webm;codecs=av1" },
    { name: "h264", mime: "video/webm;codecs=h264" },
    { name: "mp4 vp9", mime: "video/mp4;codecs=vp9" },
    { name: "no timeslice", mime: "video/webm;codecs=vp8", timeslice: 0 },
    { name: "paused", mime: "video/webm;codecs=vp8,opus", audio: true, pause: 3000 },
    { name: "resized", mime: "video/webm;codecs=vp8", resize: true },
];

const folder = mkdtempSync(join(tmpdir(), "hawser-chromium-"));
const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"],
    viewport: { width: 900, height: 900 },
});
const errors = [];
try {
    const page = context.pages()[0] ?? await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", e => errors.push(e.message));
    page.on("console", m => { if (m.type() === "error") errors.push(m.text()); });
    const result = await { page: onPage, axe: byAxe, sample: bySample, closed: closedTab, media: byMedia }[mode](page);
    console.log(JSON.stringify({ ...result, errors }));
} finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
}

// In a world of its own, so that the page's policy stays as it is.
async function audit(page, found, state) {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    await session.send("Runtime.evaluate", { expression: AXE, contextId });
    for (const [dress, scheme, width] of [["light", "light", 900], ["dark", "dark", 900], ["phone", "light", 360]]) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        await page.setViewportSize({ width, height: 900 });
        const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
            contextId, awaitPromise: true,
            expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
                .then(r => JSON.stringify({ passes: r.passes.length, found: r.violations.map(v => v.id + ": " + v.help + ": "
                    + v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).slice(0, 5).join("; ")) }))`,
        });
        if (exceptionDetails) throw new Error(`axe failed on ${state}, ${dress}: ${exceptionDetails.text}`);
        const seen = JSON.parse(result.value);
        // One that looked at nothing finds nothing.
        if (seen.passes < 5) seen.found.push(`axe looked at ${seen.passes} rules only`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) seen.found.push(`${wide} px wider than its window`);
        found.push(...seen.found.map(f => `${state}, ${dress}: ${f}`));
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 900, height: 900 });
}

async function byAxe(page) {
    const found = [];
    await page.goto(url + "/recorder");
    await audit(page, found, "ready");
    await page.fill("#name", "not a name/");
    await page.evaluate(() => { document.getElementById("token-row").hidden = false; });
    await page.click("#start");
    await audit(page, found, "a name that is none, and the row of the token");
    await begin(page);
    await audit(page, found, "recording");
    await page.click("#stop");
    await page.waitForSelector("#result:not([hidden])");
    await audit(page, found, "finished");
    // What it shows when something is wrong; which sentence that is does not matter here.
    await page.evaluate(() => Object.assign(document.getElementById("problem"), { hidden: false, textContent: "The server can't be reached." }));
    await audit(page, found, "a problem");
    return { found };
}

async function shot(page, name) {
    if (shots) await page.screenshot({ path: join(shots, name + ".png"), fullPage: true });
}

async function begin(page) {
    await page.goto(url + "/recorder");
    await shot(page, "1-ready");
    const recordId = await page.inputValue("#name");
    if (token) await page.evaluate(t => { document.getElementById("token").value = t; }, token);
    await page.click("#start");
    await page.waitForFunction(() => Number(document.getElementById("saved").textContent) >= 4);
    await shot(page, "2-recording");
    return recordId;
}

async function onPage(page) {
    const recordId = await begin(page);
    await page.click("#stop");
    await page.waitForSelector("#result:not([hidden])");
    const frames = Number(await page.textContent("#frames"));
    const saved = Number(await page.textContent("#saved"));
    const played = await play(page, "#player");
    await shot(page, "3-finished");
    if (shots) await others(page);
    return { recordId, frames, saved, ...played, href: await page.getAttribute("#download", "href") };
}

async function play(page, selector) {
    return page.evaluate(async s => {
        const video = document.querySelector(s);
        if (video.readyState < 1) await new Promise((ok, no) => { video.onloadedmetadata = ok; video.onerror = () => no(new Error("the video can't be played")); });
        const wanted = video.duration / 2;
        await new Promise(ok => { video.onseeked = ok; video.currentTime = wanted; });
        return { duration: video.duration, wanted, seeked: video.currentTime, width: video.videoWidth };
    }, selector);
}

async function others(page) {
    await page.emulateMedia({ colorScheme: "dark" });
    await shot(page, "4-dark");
    await page.setViewportSize({ width: 360, height: 740 });
    await shot(page, "5-phone");
    await page.evaluate(() => { document.getElementById("token-row").hidden = false; });
    await page.emulateMedia({ colorScheme: "light" });
    await shot(page, "6-phone-token");
}

async function closedTab(page) {
    const recordId = await begin(page);
    const saved = Number(await page.textContent("#saved"));
    await page.close({ runBeforeUnload: false });
    return { recordId, saved };
}

// The document's own code; only what it leaves to its reader is filled in.
async function bySample(page) {
    // Any page of this server without a policy of its own; one that came from nowhere may not reach this machine.
    await page.goto(url + "/health/live");
    await page.evaluate(() => { document.body.innerHTML = "<canvas width=320 height=180></canvas>"; });
    await page.addScriptTag({ content: readFileSync(new URL("node_modules/socket.io-client/dist/socket.io.js", import.meta.url), "utf8") });
    return page.evaluate(async ({ address, token }) => {
        const events = [];
        const generateUniqueId = () => crypto.randomUUID();
        const canvas = document.querySelector("canvas"), paint = canvas.getContext("2d");
        let n = 0;
        const drawing = setInterval(() => { n++; paint.fillStyle = `hsl(${n * 7 % 360} 70% 50%)`; paint.fillRect(0, 0, 320, 180); paint.fillText(n, n % 300, 90); }, 40);
        const mediaRecorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm;codecs=vp8" });
        let sent = 0, bytes = 0, done;
        const finished = new Promise(ok => { done = ok; });
        const updateProgress = index => { if (index === 3) stopRecording(); };

        const socket = io(address + "/recording", { transports: ["websocket"], ...(token ? { auth: { token } } : {}) });
        const recordId = generateUniqueId();
        socket.emit("start", { recordId });
        socket.on("started", data => {
            events.push("started");
            mediaRecorder.ondataavailable = event => {
                if (event.data.size > 0) {
                    sent++;
                    bytes += event.data.size;
                    socket.emit("chunk", { recordId, chunk: event.data });
                }
            };
            mediaRecorder.start(1000);
        });
        socket.on("chunkSaved", data => { events.push(`saved ${data.index}`); updateProgress(data.index); });
        function stopRecording() {
            mediaRecorder.stop();
            socket.emit("stop", { recordId });
        }
        socket.on("finished", data => { events.push("finished"); done(); });
        await finished;
        clearInterval(drawing);
        await new Promise(ok => setTimeout(ok, 1500));
        return { recordId, sent, bytes, events };
    }, { address: url, token });
}

async function byMedia(page) {
    await page.route("**/favicon.ico", route => route.fulfill({ status: 204 }));
    await page.goto(url + "/health/live");
    await page.addScriptTag({ content: readFileSync(new URL("node_modules/socket.io-client/dist/socket.io.js", import.meta.url), "utf8") });
    const results = [];
    // A few at once, as real people record; not all, for an encoder that has no time leaves frames out.
    for (let at = 0; at < MEDIA.length; at += 3) {
        const some = MEDIA.slice(at, at + 3).map(media => page.evaluate(recordMedia, { address: url, token, media }));
        results.push(...await Promise.all(some));
    }

    return { results };
}

// Runs in the page.
async function recordMedia({ address, token, media }) {
    if (!MediaRecorder.isTypeSupported(media.mime)) return { name: media.name, supported: false };
    const wait = ms => new Promise(ok => setTimeout(ok, ms));
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 180 });
    document.body.append(canvas);
    const paint = canvas.getContext("2d");
    let frames = 0;
    const drawing = setInterval(() => {
        frames++;
        paint.fillStyle = `hsl(${frames * 7 % 360} 70% 50%)`;
        paint.fillRect(0, 0, canvas.width, canvas.height);
        paint.fillStyle = "#fff";
        paint.fillText(String(frames), frames % canvas.width, canvas.height / 2);
    }, 40);
    const stream = canvas.captureStream(25);
    const sound = media.audio ? new AudioContext() : null;
    if (sound) {
        const tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
        tone.connect(out);
        tone.start();
        stream.addTrack(out.stream.getAudioTracks()[0]);
    }

    const socket = io(address + "/recording", { transports: ["websocket"], forceNew: true, ...(token ? { auth: { token } } : {}) });
    const recordId = crypto.randomUUID();
    await socket.timeout(60000).emitWithAck("start", { recordId });
    const recorder = new MediaRecorder(stream, { mimeType: media.mime });
    const saves = [];
    let sent = 0, empty = 0, bytes = 0;
    recorder.ondataavailable = e => {
        if (e.data.size === 0) empty++;
        sent++;
        bytes += e.data.size;
        saves.push(socket.timeout(60000).emitWithAck("chunk", { recordId, chunk: e.data }));
    };
    const stopped = new Promise(ok => { recorder.onstop = ok; });
    const began = performance.now();
    if (media.timeslice === 0) recorder.start();
    else recorder.start(500);
    await wait(2500);
    let paused = 0, whilePaused = 0, pausedStatus = "";
    if (media.pause) {
        recorder.pause();
        // What was cut before the pause may still be on its way here.
        await wait(700);
        const before = sent, at = performance.now();
        await wait(media.pause);
        whilePaused = sent - before;
        pausedStatus = (await (await fetch(`${address}/recordings/${recordId}/status`)).json()).status;
        paused = performance.now() - at + 700;
        recorder.resume();
    }
    if (media.resize) Object.assign(canvas, { width: 480, height: 360 });
    if (media.timeslice === 0) {
        recorder.requestData();
        recorder.requestData();
    }
    await wait(2500);
    const active = (performance.now() - began - paused) / 1000;
    recorder.stop();
    await stopped;
    const answers = await Promise.all(saves);
    const end = await socket.timeout(150000).emitWithAck("stop", { recordId, chunks: sent });
    clearInterval(drawing);
    socket.disconnect();
    await sound?.close();

    const video = document.createElement("video");
    canvas.replaceWith(video);
    const failed = new Promise((_, no) => { video.onerror = () => no(new Error(media.name + ": " + video.error.message)); });
    video.muted = true;
    video.src = `${address}/recordings/download/${recordId}%2Ffinal.webm?inline=1`;
    await Promise.race([failed, new Promise(ok => { video.onloadedmetadata = ok; })]);
    const duration = video.duration, wanted = duration / 2;
    await Promise.race([failed, new Promise(ok => { video.onseeked = ok; video.currentTime = wanted; })]);
    const seeked = video.currentTime;
    const ended = new Promise(ok => { video.onended = ok; });
    video.playbackRate = 4;
    await video.play();
    await Promise.race([failed, ended]);
    return {
        name: media.name, supported: true, recordId, mimeType: recorder.mimeType, sent, empty, bytes, frames, active, whilePaused, pausedStatus,
        indexes: answers.map(a => a.index), code: end.code ?? "", duration, wanted, seeked, played: video.currentTime, width: video.videoWidth,
    };
}
