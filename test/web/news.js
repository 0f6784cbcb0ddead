'use strict';
// Talks that lie open while something comes: they renew themselves, but not under somebody's hands.
const { check, plan, run, settled, start, unlock } = require('./lib.js');

// Told by the python half, which sends on a file's being there. (Not waitForFunction: no eval here.)
const fs = require('fs');

async function until(what, page, f, ...args) {
	for (let i = 0; i < 400; i++) {
		if (await page.evaluate(f, ...args))
			return;
		await new Promise(go => setTimeout(go, 50));
	}
	throw new Error('not within 20 s: ' + what);
}
const number = async page => Number(await page.evaluate(() => fetch('/h/1/news').then(r => r.text())));

run(async () => {
	const b = await start();
	const page = b.page, talks = await b.context.newPage();

	await unlock(page, plan.link, plan.pass);
	await talks.goto(plan.base + '/h/1/talks/strait');
	for (const p of [page, talks]) {
		await settled(p);
		await p.evaluate(() => { window.same = true; });
	}
	// In one window somebody writes; in the other the focus is on a paper, below which one comes.
	await page.evaluate(() => {
		const field = document.createElement('input');
		document.getElementById('main').append(field);
		field.focus();
	});
	await talks.focus('.timeline h3 a');
	await talks.evaluate(() => {
		document.querySelector('main details').open = true;
		window.paper = document.activeElement.href;
		window.aside = document.querySelector('main aside');
	});
	const before = await number(page);
	await page.evaluate(() => document.activeElement.value = 'a wor');
	fs.writeFileSync(plan.now, '');
	await talks.bringToFront();
	await until('the paper comes', talks, () => document.body.innerText.includes('While it lay open'));
	check(await talks.evaluate(() => window.same && document.activeElement.href === window.paper),
		'the focus is lost, or the page was loaded anew');
	check(await talks.evaluate(() => document.querySelector('main details').open &&
		document.querySelector('main aside') === window.aside), 'what did not change was put in anew');
	check(/Something new came.* \d/.test(await talks.innerText('#news')), 'it is not said');
	check(await number(page) > before, 'no news');
	await page.bringToFront();
	await page.waitForResponse(/\/news$/);
	await page.waitForResponse(/\/news$/);
	check(!(await page.innerText('main')).includes('While it lay open'), 'changed under the hands');
	await page.evaluate(() => document.querySelector('main input').remove());
	await until('and here, too', page, () => document.querySelector('main').innerText.includes('While it lay open'));
	check(await page.evaluate(() => window.same), 'the page was loaded anew');
	// Locked in one window, nothing stays in the other.
	await page.click('form[action$="/lock"] button');
	await talks.bringToFront();
	await talks.waitForURL(/\/unlock\?to=/);
	await b.end();
});
