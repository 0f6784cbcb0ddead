'use strict';
const { LANGUAGES, axe, check, plan, run, shots, speak, start, unlock, visit } = require('./lib.js');

run(async () => {
	const b = await start();
	const page = b.page;

	await page.goto(plan.link);
	for (const lang of ['xx', 'fr', 'en']) {
		await speak(page, lang);
		await axe(page, 'unlock-' + lang, lang);
	}
	await shots(page, 'unlock');
	await page.fill('#pass', 'not this one');
	await page.keyboard.press('Enter');
	await page.waitForSelector('#wrong');
	await unlock(page, plan.base + '/h/1/unlock', plan.pass);
	// Right to left and in French: nothing overflows, nothing is cut, no colour is too faint.
	for (const lang of Object.keys(LANGUAGES)) {
		if (lang !== 'en')
			await speak(page, lang);
		for (const [name, url] of Object.entries(plan.pages))
			await visit(page, plan.base + url, lang === 'en' ? name : `${name}-${lang}`, lang);
	}
	check(await page.evaluate(() => localStorage.length + sessionStorage.length +
		document.cookie.length) === 0, 'something is in the storage of the browser');
	await b.end();
});
