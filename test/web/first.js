'use strict';
// A person who typed nothing but `chancery desk`: from no home to an unlocked desk and its sheet.
const { axe, check, plan, run, shots, start } = require('./lib.js');

const pictures = !!process.env.CHANCERY_SHOTS;

async function look(page, name) {
	await axe(page, name);
	if (pictures)
		await shots(page, name);
}

// Follow a job's page to where it leads.
async function led(page, part) {
	await page.waitForURL(part, { timeout: 20000 });
	await page.waitForSelector('[data-poll]', { state: 'detached' });
}

async function makeParty(page, base, who) {
	await page.goto(base + '/first/party');
	await page.fill('#title', who.title);
	await page.fill('#handle', who.handle);
	await page.fill('#person', who.person);
	await page.fill('#pass', 'short');
	check(/Too short/.test(await page.textContent('#strength')), 'a short one is named so');
	await page.fill('#pass', plan.pass);
	check(/good/.test(await page.textContent('#strength')), 'a long one, too');
	await page.fill('#again', plan.pass);
	await page.check('[name=exercise]');
	await page.click('main button.primary');
	await led(page, /sheet/);
}

run(async () => {
	const b = await start();
	const page = b.page;

	await page.goto(plan.link);
	check(!page.url().includes('t='), 'the token stays in the address');
	check(/Welcome to chancery/.test(await page.textContent('h1')), 'the first page');
	await look(page, 'first');
	await page.click('a[href="/first/party"]');
	await look(page, 'first-party');
	await makeParty(page, plan.base, { title: 'Alpha', handle: 'Alpha.Example', person: 'A. Jones' });
	await look(page, 'sheet');
	check(/alpha\.example\/[0-9a-f]{8}/.test(await page.textContent('.recovery')), 'the delegate');
	await page.goto(plan.base + '/first/folder');
	await look(page, 'first-folder');
	await page.goto(plan.base + '/homes');
	await look(page, 'homes');
	await b.end();
});
