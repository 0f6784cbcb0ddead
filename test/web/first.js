'use strict';
// A person who typed nothing but `chancery desk`: from no home to an unlocked desk and its sheet.
const { axe, check, plan, run, shots, speak, start } = require('./lib.js');

const pictures = !!process.env.CHANCERY_SHOTS;

async function look(page, name) {
	await axe(page, name);
	if (pictures) {
		await shots(page, name);
		return;
	}
	await page.setViewportSize({ width: 390, height: 900 });
	check(await page.evaluate(() => document.documentElement.scrollWidth <=
		document.documentElement.clientWidth), name + ': wider than a narrow window');
	await page.setViewportSize({ width: 1280, height: 900 });
}

// The same in French, before anything is filled in.
async function lookTwice(page, name) {
	await look(page, name);
	await speak(page, 'fr');
	await axe(page, name + '-fr', 'fr');
	if (pictures)
		await shots(page, name + '-fr', ['light']);
	await speak(page, 'en');
}

// Follow a job's page to where it leads.
async function led(page, part) {
	await page.waitForURL(part, { timeout: 40000 });
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

// A file that the page gives, as a path.
async function saved(page, link) {
	const [d] = await Promise.all([page.waitForEvent('download'), page.click(link)]);
	return await d.path();
}

// The words of a registry, met by its address: the trial one, as the other side meets it.
async function compare(page, base, url) {
	await page.goto(base + '/h/1/meet');
	await page.fill('#url', url);
	await page.click('main form[action$="/meet"] button');
	await led(page, /compare/);
	await lookTwice(page, 'meet-compare');
}

async function openTalks(page, base) {
	await page.goto(base + '/h/1/open');
	check(/meet/.test(page.url()), 'first a registry');
	await lookTwice(page, 'meet');
	await page.click('form[action$="/meet/trial"] button');
	await led(page, /open/);
	await page.fill('#title', 'The strait');
	await page.fill('#with', 'bravo.example');
	await page.fill('#pass', plan.pass);
	await look(page, 'open');
	await page.click('main button.primary');
	await led(page, /talks\/the-strait/);
	await look(page, 'talks-draft');
	await page.click('a[href$="/invite/bravo.example"]');
	await lookTwice(page, 'invite');
	return await saved(page, 'a[href$="/file"]');
}

async function join(page, base, invitation) {
	await page.goto(base + '/h/1/talks');
	await page.waitForSelector('[data-poll]', { state: 'detached' });
	await page.click('a[href$="/join"]');
	await lookTwice(page, 'join');
	await page.setInputFiles('#file-file', invitation);
	await filled(page, '#file');
	await page.click('main button.primary');
	await page.waitForURL(/compare/);
	await lookTwice(page, 'join-compare');
	await page.check('[name=same]');
	await page.fill('#pass', plan.pass);
	await page.click('main button.primary');
	await led(page, /talks\/the-strait/);
	await look(page, 'talks-invited');
	return await saved(page, 'a[href$="/answer"]');
}

// The script has read the file. (Not waitForFunction: the policy forbids eval.)
async function filled(page, field) {
	for (let i = 0; i < 200 && !(await page.inputValue(field)); i++)
		await new Promise(go => setTimeout(go, 20));
}

async function sign(page, name) {
	await led(page, /charter/);
	await lookTwice(page, name);
	await page.check('[name=same]');
	await page.click('main button.primary');
	await led(page, /the-strait\?done/);
}

run(async () => {
	const b = await start();
	const page = b.page, theirs = await b.context.newPage(); /* two desks, two cookies */

	await page.goto(plan.link);
	check(!page.url().includes('t='), 'the token stays in the address');
	check(/Welcome to chancery/.test(await page.textContent('h1')), 'the first page');
	await look(page, 'first');
	for (const name of ['party', 'practice', 'folder']) {
		await page.goto(plan.base + '/first/' + name);
		await look(page, 'first-' + name);
	}
	await theirs.goto(plan.otherLink);
	await Promise.all([
		makeParty(page, plan.base, { title: 'Alpha', handle: 'Alpha.Example', person: 'A. Jones' }),
		makeParty(theirs, plan.otherBase, { title: 'Bravo', handle: 'bravo.example', person: 'B. Roy' }),
	]);
	await look(page, 'sheet');
	check(/alpha\.example\/[0-9a-f]{8}/.test(await page.textContent('.recovery')), 'the delegate');
	if (pictures)
		await page.pdf({ path: plan.out + '/sheet.pdf' });
	await page.goto(plan.base + '/homes');
	await look(page, 'homes');
	await page.goto(plan.base + '/h/1/keys');
	await look(page, 'keys');

	const invitation = await openTalks(page, plan.base);
	await page.goto(plan.base + '/h/1/register');
	await compare(theirs, plan.otherBase, await page.innerText('.register dl dd'));
	const answer = await join(theirs, plan.otherBase, invitation);
	await page.goto(plan.base + '/h/1/talks/the-strait');
	await page.setInputFiles('#a0-file', answer);
	await filled(page, '#a0');
	await page.click('form[action$="/answers"] button.primary');
	await sign(page, 'charter');
	await look(page, 'talks-signing');
	await theirs.click('form[action$="/fetch"] button');
	await sign(theirs, 'charter-theirs');
	check(/in force/.test(await theirs.textContent('main')), 'the charter is in force');
	await b.end();
});
