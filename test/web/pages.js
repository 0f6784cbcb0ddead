'use strict';
const { axe, check, plan, run, shots, start, unlock, visit } = require('./lib.js');

run(async () => {
	const b = await start();
	const page = b.page;

	await page.goto(plan.link);
	await axe(page, 'unlock');
	await shots(page, 'unlock');
	await page.fill('#pass', 'not this one');
	await page.keyboard.press('Enter');
	await page.waitForSelector('#wrong');
	await unlock(page, plan.base + '/h/1/unlock', plan.pass);
	for (const [name, url] of Object.entries(plan.pages))
		await visit(page, plan.base + url, name);
	check(await page.evaluate(() => localStorage.length + sessionStorage.length +
		document.cookie.length) === 0, 'something is in the storage of the browser');

	// Right to left: nothing overflows, nothing is cut.
	await page.evaluate(() => {
		const f = document.querySelector('footer form[action="/language"] button');
		f.value = 'xx';
		f.click();
	});
	await page.waitForSelector('html[dir=rtl]');
	for (const [name, url] of Object.entries(plan.pages))
		await visit(page, plan.base + url, name + '-rtl', ['light']);
	await page.evaluate(() => {
		const f = document.querySelector('footer form[action="/language"] button');
		f.value = 'fr';
		f.click();
	});
	await page.waitForSelector('html[lang=fr]');
	for (const [name, url] of Object.entries(plan.pages))
		await visit(page, plan.base + url, name + '-fr', ['light']);
	await b.end();
});
