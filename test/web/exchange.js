'use strict';
// A whole exchange by pages alone: two delegations at two desks and a journalist at the public page,
// from the first run to a disclosure. Once with the pointer, once with nothing but the keyboard.
const fs = require('fs');
const path = require('path');
const { axe, check, plan, run, settled, shots, start } = require('./lib.js');

const TALKS = 'The strait', NAME = 'the-strait';
const looking = plan.hands === 'pointer';

// ---- hands ----

const pointer = {
	press: (page, what) => page.click(what),
	write: (page, what, text) => page.fill(what, text),
	tick: (page, what) => page.check(what),
	choose: (page, what, value) => page.selectOption(what, value),
	file: (page, what, name) => page.setInputFiles(what, name),
};

// Tab until it has the focus: what cannot be reached so fails the test.
async function reach(page, what) {
	const e = await page.locator(what).first().elementHandle();
	for (let i = 0; i < 120; i++) {
		if (await e.evaluate(x => x === document.activeElement))
			return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`${page.url()}: no way to ${what} by the keyboard`);
}

const keyboard = {
	async press(page, what) {
		await reach(page, what);
		await page.keyboard.press('Enter');
	},
	async write(page, what, text) {
		await reach(page, what);
		await page.keyboard.press('Control+A');
		await page.keyboard.insertText(text);
	},
	async tick(page, what) {
		await reach(page, what);
		if (!await page.locator(what).first().isChecked())
			await page.keyboard.press('Space');
	},
	async choose(page, what, value) {
		await reach(page, what);
		const e = page.locator(what).first();
		await page.keyboard.press('Home');
		for (let i = 0; i < 30 && await e.inputValue() !== value; i++)
			await page.keyboard.press('ArrowDown');
		check(await e.inputValue() === value, `${what} cannot be set to ${value} by the keyboard`);
	},
	async file(page, what, name) {
		await reach(page, what);
		const chooser = page.waitForEvent('filechooser');
		await page.keyboard.press('Enter');
		await (await chooser).setFiles(name);
	},
};

const hand = looking ? pointer : keyboard;

// ---- what a person does and sees ----

async function look(page, name) {
	if (!looking || !name)
		return;
	await axe(page, name);
	await shots(page, name);
}

// Press, and follow through any job to the page it leads to.
async function go(page, what, to) {
	await hand.press(page, what);
	await page.waitForURL(to, { timeout: 60000 });
	await settled(page);
}

async function says(page, ...words) {
	const text = (await page.locator('main').innerText()).replace(/[\u2068\u2069]/g, '');
	for (const w of words)
		check(text.includes(w), `${page.url()} does not say “${w}”:\n${text}`);
}

// What needs the other side or a registry: ask until it stands there.
async function until(page, what) {
	const url = page.url();
	for (let i = 0; i < 60; i++) {
		if (await page.locator(what).first().isVisible())
			return;
		const answered = page.waitForResponse(r => r.request().method() === 'POST');
		await hand.press(page, 'form[action$="/sync"] button');
		await answered;
		await page.waitForLoadState();
		await page.waitForTimeout(300);
		// The page may be on its way somewhere by itself.
		await page.goto(url).catch(() => page.waitForLoadState());
		await settled(page);
	}
	throw new Error(`${page.url()}: no ${what}:\n` + await page.locator('main').innerText());
}

// What comes down when this is pressed, as a file of that person.
async function download(page, what) {
	const coming = page.waitForEvent('download');
	await hand.press(page, what);
	const d = await coming;
	const to = path.join(plan.files, d.suggestedFilename());
	await d.saveAs(to);
	return to;
}

// A file into a field of text, and wait until its words stand there.
async function give(page, field, file) {
	await hand.file(page, `${field}-file`, file);
	const wanted = fs.readFileSync(file, 'utf8').length;
	for (let i = 0; i < 200 && (await page.inputValue(field)).length < wanted; i++)
		await page.waitForTimeout(10);
	check((await page.inputValue(field)).length >= wanted, 'the file does not stand in the field');
}

async function words(page) {
	return (await page.locator('main bdi[dir=ltr]').first().innerText()).trim();
}

// ---- the story ----

async function firstRun(page, link, who) {
	await page.goto(link);
	check(!page.url().includes('t='), 'the token stays in the address');
	await go(page, 'a[href="/first/party"]', /first\/party/);
	await hand.write(page, '#title', who.title);
	await hand.write(page, '#handle', who.handle);
	await hand.write(page, '#person', who.person);
	await hand.write(page, '#pass', plan.pass);
	await hand.write(page, '#again', plan.pass);
	await hand.tick(page, '[name=exercise]');
	await go(page, 'main button.primary', /sheet/);
	await says(page, who.handle);
	await look(page, `${who.code}-2-sheet`);
	await go(page, 'main a.button[href$="/talks"]', /talks/);
}

async function opening(page) {
	await go(page, 'main a[href$="/open"]', /meet/);
	await go(page, 'form[action$="/meet/trial"] button', /open/);
	await hand.write(page, '#title', TALKS);
	await hand.write(page, '#with', 'bravo.example');
	await hand.choose(page, '#confirm', 'free');
	await hand.write(page, '#pass', plan.pass);
	await go(page, 'main button.primary', /talks\/the-strait/);
	await go(page, 'a[href$="/invite/bravo.example"]', /invite/);
	await look(page, 'alpha-4-invite');
	return [await download(page, 'a[href$="/file"]'), await download(page, 'a[href$="/letter"]')];
}

async function joining(page, invitation, letter) {
	await go(page, 'main a[href$="/join"]', /join/);
	await give(page, '#file', invitation);
	await go(page, 'main button.primary', /compare/);
	const said = await words(page);
	check(fs.readFileSync(letter, 'utf8').includes(said), `the letter does not have the words ${said}`);
	await hand.tick(page, '[name=same]');
	await hand.write(page, '#pass', plan.pass);
	await look(page, 'bravo-3-join');
	await go(page, 'main button.primary', /talks\/the-strait/);
	return download(page, 'a[href$="/answer"]');
}

async function signing(alpha, bravo, answer) {
	await go(alpha, 'main a[href$="/talks/the-strait"]', /talks\/the-strait/);
	await give(alpha, '#a0', answer);
	await go(alpha, 'form[action$="/answers"] button.primary', /charter/);
	await hand.tick(alpha, '[name=same]');
	await look(alpha, 'alpha-5-charter');
	await go(alpha, 'form[action$="/sign"] button.primary', /talks\/the-strait(\?|$)/);
	await go(bravo, 'form[action$="/fetch"] button', /charter/);
	await hand.tick(bravo, '[name=same]');
	await go(bravo, 'form[action$="/sign"] button.primary', /talks\/the-strait(\?|$)/);
	await says(bravo, 'in force');
	// Nobody presses anything: what lies open renews itself.
	await alpha.waitForSelector('form[action$="/sign"]', { state: 'detached', timeout: 60000 });
	await says(alpha, 'in force');
}

async function toTalks(page) {
	await go(page, 'nav a[href$="/talks"]', /\/talks(\?|$)/);
	await go(page, 'main a[href$="/talks/the-strait"]', /talks\/the-strait(\?|$)/);
}

async function writing(page, name, subject, text) {
	await page.waitForSelector('#text');
	await hand.write(page, '#subject', subject);
	await hand.write(page, '#text', text);
	await page.waitForSelector('#preview h2, #preview h3, #preview em');
	await look(page, name && `${name}-compose`);
	await go(page, 'button[value=review]', /review$/);
	await says(page, subject);
	await hand.choose(page, '#delay', '0');
	await look(page, name && `${name}-review`);
	await go(page, 'form[action$="/send"] button', /outbox/);
}

async function signingFor(page, name, subject, sealed) {
	const paper = `main li:has-text("${subject}") a[href*="/papers/"]`;
	await go(page, 'nav a[href$="/talks"]', /\/talks(\?|$)/);
	await until(page, paper);
	await go(page, paper, /papers/);
	check(!(await page.locator('main').innerText()).includes(sealed), 'it is open before it is signed for');
	await go(page, 'main a[href$="/sign-for"]', /sign-for/);
	await says(page, 'You confirm delivery. You accept nothing and waive nothing.');
	await look(page, name && `${name}-sign-for`);
	await go(page, 'main form button.primary', /papers\/[^/]*(\?|$)/);
	await says(page, 'You signed for', sealed);
	await look(page, name && `${name}-paper`);
}

async function inPublic(page, name, act, tick) {
	await go(page, `main a[href$="/${act}"]`, new RegExp(act));
	if (tick)
		await hand.tick(page, tick);
	await hand.press(page, 'main form button.primary');
	await page.waitForSelector('button[name=sure]');
	await look(page, `${name}-${act}`);
	await go(page, 'button[name=sure]', /papers\/[^/]*(\?|$)/);
}

async function publishing(page) {
	const folder = path.join(plan.files, 'public');
	await toTalks(page);
	await go(page, 'main a[href$="/public"]', /public/);
	await hand.write(page, '#folder', folder);
	await look(page, 'alpha-public');
	await go(page, 'form[action$="/public"] button', /jobs/);
	await says(page, folder);
	return folder;
}

// Somebody else, at a machine without a network, with a copy of the folder.
async function journalist(page, folder) {
	await page.goto('file://' + path.join(folder, 'index.html'));
	await says(page, 'bravo.example confirmed that it received and signed for a paper of alpha.example',
		'alpha.example disclosed', 'Two patrol boats each', 'What this does not show'.toUpperCase());
	check(!(await page.locator('main').innerText()).includes('A hut for both'), 'more than was ticked');
	await look(page, 'journalist-1-folder');
	await hand.press(page, 'li:has-text("disclosed") a:has-text("Check it")');
	await page.waitForSelector('.result');
	await says(page, 'Whole and unaltered, under keys that it brings itself', 'Two patrol boats each',
		'passages: 3 of 3', 'that any person agrees');
	await hand.press(page, 'button:has-text("I have compared all these words")');
	await page.waitForSelector('text=Proven, under the keys that you trust');
	await look(page, 'journalist-2-checked');
}

const TEXT = '# On the strait\n\nTwo patrol boats each, *no more*.\n\nA hut for both.\n';
const ANSWER = 'We thank you.\n\n*When* would they sail?\n';

run(async () => {
	const b = await start();
	const alpha = b.page, bravo = (await b.another()).page;

	// From the start on, or the browser may open a window of its own before it knows that we listen.
	for (const page of [alpha, bravo])
		page.on('filechooser', () => {});
	await firstRun(alpha, plan.alpha, { code: 'alpha', title: 'Alpha', handle: 'alpha.example',
		person: 'A. Jones' });
	await firstRun(bravo, plan.bravo, { code: 'bravo', title: 'Bravo', handle: 'bravo.example',
		person: 'B. Smith' });
	const [invitation, letter] = await opening(alpha);
	const answer = await joining(bravo, invitation, letter);
	await signing(alpha, bravo, answer);
	await toTalks(alpha);
	await go(alpha, 'main a[href$="/compose"]', /compose/);
	await writing(alpha, 'alpha-6', 'Patrols', TEXT);
	await signingFor(bravo, 'bravo-5', 'Patrols', 'A hut for both.');
	await go(bravo, 'main a[href$="/answer"]', /compose|drafts/);
	await writing(bravo, null, 'Sailing', ANSWER);
	await signingFor(alpha, null, 'Sailing', 'We thank you.');

	// In public: bravo confirms, alpha discloses a passage of three and the heading above it.
	await toTalks(bravo);
	await go(bravo, 'main li:has-text("Patrols") a[href*="/papers/"]', /papers/);
	await inPublic(bravo, 'bravo-6', 'confirm');
	await toTalks(alpha);
	await go(alpha, 'main li:has-text("Patrols") a[href*="/papers/"]', /papers/);
	await inPublic(alpha, 'alpha-7', 'disclose', '#passage-2');
	const folder = await publishing(alpha);
	const reader = await b.another({ offline: true }, /^(file:|data:,)/);
	await journalist(reader.page, folder);
	await b.end();
});
