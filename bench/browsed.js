'use strict';
// What only a browser can tell. `settled`: how long each page takes to stand still, and what it weighs with
// all it asks for; `drop`: a large file dropped on a draft, sealed and sent. Prints JSON.
const path = require('path');
const { check, plan, run, start, unlock } = require(path.join(__dirname, '../test/web/lib.js'));

const middle = xs => xs.sort((a, b) => a - b)[Math.floor(xs.length / 2)];

// From asking for it to: loaded, types there, and two frames drawn after that.
async function once(page, url) {
	const begun = Date.now();
	const answer = await page.goto(url, { waitUntil: 'load' });
	check(answer.status() === 200, `${url}: ${answer.status()}`);
	await page.evaluate(() => document.fonts.ready.then(() => new Promise(done =>
		requestAnimationFrame(() => requestAnimationFrame(done)))));
	return Date.now() - begun;
}

async function weight(page) {
	return page.evaluate(() => performance.getEntriesByType('navigation')[0].decodedBodySize +
		performance.getEntriesByType('resource').reduce((sum, r) => sum + r.decodedBodySize, 0));
}

async function settled(page) {
	const told = {};
	for (const [name, url] of Object.entries(plan.pages)) {
		const took = [];
		for (let i = 0; i < plan.runs; i++)
			took.push(await once(page, plan.base + url));
		told[name] = { ms: middle(took), most: Math.max(...took), bytes: await weight(page) };
	}
	return told;
}

// Dropped as a person drops it: an event with the file, which the page itself reads in pieces.
async function drop(page) {
	const limit = { timeout: plan.seconds * 1000 };
	await page.goto(plan.base + '/h/1/talks/strait/compose');
	await page.fill('#subject', 'The annex');
	await page.fill('#text', 'See the annex.');
	await page.waitForSelector('#drop');
	await page.evaluate(() => {
		const i = document.createElement('input');
		i.type = 'file';
		i.id = 'bench';
		document.body.append(i);
	});
	await page.setInputFiles('#bench', plan.file);
	let begun = Date.now();
	const told = {};
	await page.evaluate(() => {
		const d = new DataTransfer();
		d.items.add(document.getElementById('bench').files[0]);
		document.getElementById('drop').dispatchEvent(new DragEvent('drop',
			{ bubbles: true, cancelable: true, dataTransfer: d }));
	});
	await page.waitForSelector('#files li', limit);
	told.up = (Date.now() - begun) / 1000;
	await page.goto(page.url() + '/review');
	await page.selectOption('#delay', '0');
	begun = Date.now();
	await page.click('form[action$="/send"] button');
	await page.waitForURL(/\/papers\/|done=/, limit);
	told.sent = (Date.now() - begun) / 1000;
	return told;
}

run(async () => {
	const b = await start();
	await unlock(b.page, plan.link, plan.pass);
	console.log(JSON.stringify(await { settled, drop }[plan.what](b.page)));
	await b.end();
});
