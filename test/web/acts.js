'use strict';
// Acts in public: the page that the public will see, before each.
const { LANGUAGES, axe, check, plan, run, shots, speak, start, unlock } = require('./lib.js');

async function review(page, name, url, before, lang) {
	await page.goto(plan.base + url);
	await before();
	await page.click('main form button.primary');
	await page.waitForSelector('.sheet.public');
	await axe(page, name + '-review', lang);
	await shots(page, name + '-review', lang === 'en' ? undefined : ['light']);
	check(await page.locator('button[name=sure]').count() === 1, name + ': the act is on the second page');
}

run(async () => {
	const b = await start();
	const page = b.page;

	await unlock(page, plan.link, plan.pass);
	for (const lang of Object.keys(LANGUAGES)) {
		await page.goto(plan.base + '/h/1/keys');
		await speak(page, lang);
		const to = lang === 'en' ? '' : '-' + lang;
		await review(page, 'confirm' + to, plan.confirm, () => page.fill('#text', 'We shall say no more.'), lang);
		await review(page, 'disclose' + to, plan.disclose, () => page.check('#passage-1'), lang);
		await review(page, 'contest' + to, plan.contest, () => page.fill('#text', 'A different matter.'), lang);
		await review(page, 'statement' + to, plan.statement, () => page.fill('#text', 'We shall answer.'), lang);
	}
	await b.end();
});
