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
	const e = page.locator(what).first();
	await e.waitFor();
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
	if (!looking)
		return;
	await axe(page, name);
	await shots(page, name);
}

// Press, and follow through any job to the page it leads to.
async function go(page, what, to) {
	await hand.press(page, what);
	await page.waitForURL(to, { timeout: 20000 });
	await settled(page);
}

async function says(page, ...words) {
	const text = await page.locator('main').innerText();
	for (const w of words)
		check(text.includes(w), `${page.url()} does not say “${w}”:\n${text}`);
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
	await look(page, `${who.code}-1-welcome`);
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
	await look(page, 'alpha-3-open');
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
	await go(alpha, 'form[action$="/sign"] button', /talks\/the-strait\?done/);
	await says(alpha, 'in force');
	await look(bravo, 'bravo-4-in-force');
}

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
	await b.end();
});
