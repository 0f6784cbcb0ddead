'use strict';
// What the browser's tests share. A script is called with one argument, a file of JSON that its
// python half wrote; it throws when something is not as it should be.
const fs = require('fs');
const path = require('path');
const modules = process.env.CHANCERY_NPM;
const { chromium } = require(path.join(modules, 'playwright-core'));
const axeSource = fs.readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8');

const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));

function check(ok, what) {
	if (!ok)
		throw new Error(what);
}

// A browser of its own: what it asks for is recorded, whatever leaves loopback fails the test. More
// people at machines of their own by another(); `own` says what theirs may ask for.
const LOOPBACK = /^(http:\/\/(127\.0\.0\.1|localhost):\d+\/|data:,)/;

async function start(options) {
	const browser = await chromium.launch({ executablePath: process.env.CHANCERY_CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
	const people = [];
	async function another(options, own) {
		const context = await browser.newContext(Object.assign({ viewport: { width: 1280, height: 900 },
			locale: 'en-GB', timezoneId: 'Europe/Berlin' }, options || {}));
		const who = { context, asked: [], trouble: [], own: own || LOOPBACK };
		context.on('request', r => who.asked.push(r.url()));
		context.on('page', page => {
			page.on('console', m => {
				if (m.type() === 'error')
					who.trouble.push(m.text());
			});
			page.on('pageerror', e => who.trouble.push(String(e)));
		});
		who.page = await context.newPage();
		people.push(who);
		return who;
	}
	const first = await another(options);
	return {
		browser, another,
		context: first.context, asked: first.asked, trouble: first.trouble, page: first.page,
		// No request left loopback, no script failed, the policy stopped nothing.
		async end() {
			for (const who of people) {
				for (const url of who.asked)
					check(who.own.test(url), 'a request that may not be: ' + url);
				check(who.trouble.length === 0, 'the browser complains: ' + who.trouble.join('\n'));
			}
			await browser.close();
		},
	};
}

// The languages that a page is looked at in: ours; one that is longer and reads from right to left;
// French. Where all three are, ours is judged in light, the second in dark, and colours not again.
const LANGUAGES = { en: 'html[lang=en]', xx: 'html[dir=rtl]', fr: 'html[lang=fr]' };
const COLOURS = ['color-contrast'];
const PASSES = { en: [{ scheme: 'light' }], xx: [{ scheme: 'dark' }], fr: [{ scheme: 'light', without: COLOURS }] };
const ALONE = [{ scheme: 'dark', only: COLOURS }, { scheme: 'light' }];

// axe over the page as it stands: every violation, named with its place.
async function axe(page, name, lang) {
	// The policy of the page forbids foreign script; the debugger's way in is not the page's.
	await page.evaluate(axeSource + ';0');
	for (const { scheme, only, without } of lang ? PASSES[lang] : ALONE) {
		await page.emulateMedia({ colorScheme: scheme });
		const found = await page.evaluate(([only, without]) => axe.run(document, Object.assign({
			resultTypes: ['violations'], preload: false },
			only ? { runOnly: { type: 'rule', values: only } } : {},
			without ? { rules: Object.fromEntries(without.map(r => [r, { enabled: false }])) } : {})), [only, without]);
		check(found.violations.length === 0, `${name}, ${scheme}: axe: ` + found.violations.map(v => v.id + ' ' +
			v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary).join('; ')).join('\n'));
	}
	await page.emulateMedia({ colorScheme: 'light' });
}

// Nothing may be wider than the window. Where somebody asked for the pictures: light and dark, wide and
// narrow, in plan.out.
async function shots(page, name, schemes = ['light', 'dark']) {
	const asked = process.env.CHANCERY_SHOTS;

	for (const scheme of asked ? schemes : ['light'])
		for (const width of [1280, 390]) {
			await page.emulateMedia({ colorScheme: scheme });
			await page.setViewportSize({ width, height: 900 });
			const over = await page.evaluate(() => document.documentElement.scrollWidth -
				document.documentElement.clientWidth);
			check(over <= 0, `${name} at ${width}: wider than the window by ${over}`);
			if (asked)
				await page.screenshot({ path: path.join(plan.out, `${name}-${scheme}-${width}.png`),
					fullPage: true });
		}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 1280, height: 900 });
}

// Nothing is being waited for any more. (Not waitForFunction: the policy forbids eval.)
async function settled(page) {
	await page.waitForSelector('[data-poll]', { state: 'detached' });
}

async function speak(page, lang) {
	await page.evaluate(lang => {
		const f = document.querySelector('footer form[action="/language"] button');
		f.value = lang;
		f.click();
	}, lang);
	await page.waitForSelector(LANGUAGES[lang]);
}

async function visit(page, url, name, lang) {
	const answer = await page.goto(url);
	check(answer.status() === 200, `${url}: ${answer.status()}`);
	await settled(page);
	await axe(page, name, lang);
	await shots(page, name, !lang || lang === 'en' ? undefined : ['light']);
}

// From the first link to an unlocked desk.
async function unlock(page, link, pass) {
	await page.goto(link);
	check(!page.url().includes('t='), 'the token stays in the address');
	await page.fill('#pass', pass);
	await page.keyboard.press('Enter');
	await page.waitForURL(/done=/);
	await settled(page);
}

function run(story) {
	story().then(() => process.exit(0), e => {
		console.log(e.stack || String(e));
		process.exit(1);
	});
}

module.exports = { LANGUAGES, axe, check, plan, run, settled, shots, speak, start, unlock, visit };
