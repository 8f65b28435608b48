// Records in a real Chromium and prints what it saw as JSON.
//   node recorder-browser.mjs page URL [TOKEN] [SHOTS]   the page /recorder with its test picture
//   node recorder-browser.mjs sample URL [TOKEN]         the sample of the API's document, with the stock client
//   node recorder-browser.mjs closed URL [TOKEN]         a tab that is closed in the middle
import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [, , mode, url, token = "", shots = ""] = process.argv;
const PATIENCE = 150_000;
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
    const result = await { page: onPage, sample: bySample, closed: closedTab }[mode](page);
    console.log(JSON.stringify({ ...result, errors }));
} finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
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
