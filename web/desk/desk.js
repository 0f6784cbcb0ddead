'use strict';
// A job's page, and lists that fill: ask again and put the new text in place of the old. Without
// script the page loads itself anew.
(function () {
	function poll() {
		if (!document.querySelector('[data-poll]'))
			return;
		setTimeout(function () {
			fetch(location.href, { redirect: 'follow' }).then(function (r) {
				if (r.redirected) {
					location.replace(r.url);
					return null;
				}
				return r.text();
			}).then(function (text) {
				if (text === null)
					return;
				var fresh = new DOMParser().parseFromString(text, 'text/html');
				var main = document.getElementById('main');
				main.replaceWith(document.adoptNode(fresh.getElementById('main')));
				document.title = fresh.title;
				poll();
			}).catch(function () { setTimeout(poll, 2000); });
		}, 400);
	}
	poll();
})();

// Fields: a file that is dropped on a text goes into it, a passphrase is judged by its length, a sheet
// is printed. Nothing of it is kept.
(function () {
	function each(what, f) {
		document.querySelectorAll(what).forEach(f);
	}
	function take(file, into) {
		if (file && file.size < 17e6)
			file.text().then(function (text) { into.value = text; });
	}
	each('.pick, [data-print]', function (e) { e.hidden = false; });
	each('[data-print]', function (e) { e.addEventListener('click', function () { print(); }); });
	each('[data-into]', function (e) {
		e.addEventListener('change', function () {
			take(e.files[0], document.getElementById(e.dataset.into));
		});
	});
	each('[data-drop]', function (e) {
		e.addEventListener('dragover', function (v) { v.preventDefault(); });
		e.addEventListener('drop', function (v) {
			if (!v.dataTransfer.files.length)
				return;
			v.preventDefault();
			take(v.dataTransfer.files[0], e);
		});
	});
	each('#strength', function (e) {
		document.getElementById(e.dataset.for).addEventListener('input', function () {
			var n = this.value.length, words = this.value.trim().split(/[\s-]+/).length;
			e.textContent = n === 0 ? '' : n < 12 ? e.dataset.short.split('. ')[0] + '.' :
				n < 20 || words < 4 ? e.dataset.fair : e.dataset.good;
		});
	});
})();

// A draft saves itself a moment after the last key, and what depends on it is put in anew; files go
// up with progress. Nothing is kept in the browser.
(function () {
	var part = document.querySelector('[data-autosave]');
	if (!part)
		return;
	var form = part.closest('form'), timer = null, busy = false, again = false;
	var field = form.elements.form.value, stopped = false, saving = Promise.resolve();

	// Without `was`, which says what this window knows to be saved.
	function body() {
		var d = new FormData(form);
		d.delete('was');
		return new URLSearchParams(d).toString();
	}
	var last = body();

	function said(which) {
		var s = document.getElementById('saved');
		s.textContent = s.dataset[which];
	}
	function takeIn(text, url) {
		var fresh = new DOMParser().parseFromString(text, 'text/html');
		if (!fresh.querySelector('[data-autosave]'))
			return false;
		document.querySelectorAll('[data-live]').forEach(function (old) {
			var now = fresh.getElementById(old.id);
			if (now && now.innerHTML !== old.innerHTML)
				old.replaceWith(document.adoptNode(now));
		});
		if (stopped)
			said('newer');
		var path = new URL(url).pathname;
		if (path !== location.pathname) {
			history.replaceState(null, '', path);
			form.setAttribute('action', path);
		}
		return fresh;
	}
	function save() {
		clearTimeout(timer);
		timer = null;
		if (busy) {
			again = true;
			return saving;
		}
		var sent = body();
		if (stopped || sent === last)
			return Promise.resolve();
		busy = true;
		saving = fetch(form.getAttribute('action'), { method: 'POST',
			body: sent + '&was=' + form.elements.was.value, headers:
			{ 'Content-Type': 'application/x-www-form-urlencoded' } }).then(function (r) {
			return r.text().then(function (text) {
				var fresh = r.ok && takeIn(text, r.url);
				if (fresh) {
					last = sent;
					form.elements.was.value = fresh.querySelector('[name=was]').value;
					return;
				}
				// Another window saved a newer text: nothing more from here, until the
				// person has seen both.
				stopped = r.status === 409;
				said(stopped ? 'newer' : r.url.indexOf('/unlock') > 0 ? 'locked' : 'fail');
			});
		}).catch(function () { said('fail'); }).then(function () {
			busy = false;
			if (!stopped && (again || body() !== last))
				soon(again ? 0 : 3000);
			again = false;
		});
		return saving;
	}
	function soon(ms) {
		clearTimeout(timer);
		timer = setTimeout(save, ms);
	}
	form.addEventListener('input', function () { soon(1000); });
	form.addEventListener('change', function () { soon(200); });
	// A button waits for a saving that is under way, else it would meet its own text as another's.
	form.addEventListener('submit', function (e) {
		clearTimeout(timer);
		if (!busy)
			return;
		e.preventDefault();
		saving.then(function () { form.requestSubmit(e.submitter); });
	});
	document.addEventListener('visibilitychange', function () {
		if (document.visibilityState === 'hidden')
			save();
	});

	// What could turn or hide the line is shown as a mark, as the pages themselves do.
	function plain(name) {
		return name.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
			function (c) {
				return '<U+' + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0') + '>';
			});
	}
	function progress(name) {
		var line = document.createElement('p'), bar = document.createElement('progress');
		var place = document.getElementById('progress');
		line.textContent = place.dataset.sending + ' ' + plain(name);
		bar.max = 1;
		bar.value = 0;
		bar.setAttribute('aria-label', line.textContent);
		place.append(line, bar);
		return { bar: bar, line: line };
	}
	// One after the other; the answer is the page with the new list, or one that says why not.
	function up(file, what) {
		return save().then(function () {
			return new Promise(function (done) {
				var drop = document.getElementById('drop');
				if (!drop)
					return done();
				var x = new XMLHttpRequest(), p = progress(file.name);
				x.upload.onprogress = function (e) {
					if (e.lengthComputable)
						p.bar.value = e.loaded / e.total;
				};
				function failed(why) {
					p.bar.remove();
					p.line.textContent = plain(file.name) + ': ' +
						document.getElementById('progress').dataset.failed + ' ' + why;
					done();
				}
				x.onload = function () {
					if (what === 'word' && x.responseURL.indexOf('/jobs/') > 0) {
						location.href = x.responseURL;
						return;
					}
					if (x.status === 200 && takeIn(x.responseText, x.responseURL)) {
						p.bar.remove();
						p.line.remove();
						done();
						return;
					}
					var why = new DOMParser().parseFromString(x.responseText, 'text/html')
						.querySelector('.said');
					failed(why ? why.textContent : '');
				};
				x.onerror = function () { failed(''); };
				x.open('PUT', location.pathname + '/' + what + '?name=' +
					encodeURIComponent(file.name));
				x.setRequestHeader('X-Chancery-Form', field);
				x.setRequestHeader('Content-Type', 'application/octet-stream');
				x.send(file);
			});
		});
	}
	function all(files, what) {
		return Array.from(files).reduce(function (before, f) {
			return before.then(function () { return up(f, what); });
		}, Promise.resolve());
	}
	function target(e) {
		return e.target.closest ? e.target.closest('#drop, #text') : null;
	}
	document.addEventListener('dragover', function (e) {
		e.preventDefault();
		if (target(e))
			target(e).classList.add('over-it');
	});
	document.addEventListener('dragleave', function (e) {
		if (target(e))
			target(e).classList.remove('over-it');
	});
	document.addEventListener('drop', function (e) {
		var to = target(e);
		if (!e.dataTransfer.files.length)
			return;
		e.preventDefault();
		if (!to)
			return;
		to.classList.remove('over-it');
		var word = to.id === 'text' && /\.docx$/i.test(e.dataTransfer.files[0].name);
		all(e.dataTransfer.files, word ? 'word' : 'files');
	});
	document.addEventListener('submit', function (e) {
		var chosen = e.target.id === 'drop' && document.getElementById('file').files;
		if (!chosen || !chosen.length)
			return;
		e.preventDefault();
		all(chosen, e.submitter && e.submitter.hasAttribute('formaction') ? 'word' : 'files');
	});
})();

// The outbox counts down, and asks again when something should have left.
(function () {
	var begun = Date.now();
	function tick() {
		var left = document.querySelectorAll('[data-left]'), due = false;
		if (!left.length)
			return;
		left.forEach(function (e) {
			var s = Math.ceil(Number(e.dataset.left) - (Date.now() - begun) / 1000);
			due = due || s <= 0;
			if (s > 0 && s < 3600)
				e.textContent = e.dataset.say.replace('{0}', Math.floor(s / 60) + ':' +
					String(s % 60).padStart(2, '0'));
		});
		if (!due) {
			setTimeout(tick, 500);
			return;
		}
		setTimeout(function () {
			fetch(location.href).then(function (r) { return r.text(); }).then(function (t) {
				var fresh = new DOMParser().parseFromString(t, 'text/html');
				begun = Date.now();
				document.getElementById('main').replaceWith(document.adoptNode(
					fresh.getElementById('main')));
				tick();
			}).catch(function () { setTimeout(tick, 2000); });
		}, 1500);
	}
	tick();
})();

// Talks that lie open renew themselves when something came: only what differs is put in anew, the focus
// stays, and nothing happens while somebody writes or marks something. A locked desk shows nothing.
(function () {
	var every = 1000;
	function twin(e, among) {
		var all = Array.from(among.querySelectorAll(e.tagName));
		function same(f) { return f.getAttribute('href') === e.getAttribute('href'); }
		return all.find(function (f) { return same(f) && f.textContent === e.textContent; }) ||
			(e.hasAttribute('href') && all.find(same));
	}
	function busy(main) {
		var at = document.activeElement, marked = getSelection();
		return (main.contains(at) && at.matches('input, textarea, select')) ||
			(!marked.isCollapsed && main.contains(marked.anchorNode)) ||
			Array.from(main.querySelectorAll('input:not([type=hidden]), textarea')).some(function (e) {
				return e.value !== e.defaultValue || e.checked !== e.defaultChecked;
			});
	}
	// An element without what is in its elements.
	function own(e) {
		return e.tagName + Array.from(e.childNodes).map(function (n) {
			return n.nodeType === Node.TEXT_NODE ? n.data : '\0' + n.tagName;
		}).join('');
	}
	function merge(old, now) {
		if (old.isEqualNode(now))
			return false;
		if (own(old) !== own(now)) {
			old.replaceWith(document.adoptNode(now));
			return true;
		}
		Array.from(now.attributes).forEach(function (x) { old.setAttribute(x.name, x.value); });
		Array.from(old.attributes).forEach(function (x) {
			if (!now.hasAttribute(x.name))
				old.removeAttribute(x.name);
		});
		var b = Array.from(now.children);
		return Array.from(old.children).map(function (e, i) { return merge(e, b[i]); }).some(Boolean);
	}
	function put(text) {
		var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('main');
		var main = document.getElementById('main'), at = document.activeElement;
		fresh.querySelectorAll('details').forEach(function (d) {
			var old = twin(d.querySelector('summary'), main);
			d.open = old ? old.parentNode.open : d.open;
		});
		var said = document.getElementById('news');
		fresh.querySelector('#news').textContent = said.textContent;
		var differs = merge(main, fresh);
		if (!at.isConnected)
			(twin(at, document.getElementById('main')) || document.getElementById('main'))
				.focus({ preventScroll: true });
		said = document.getElementById('news');
		if (differs)
			said.textContent = said.dataset.say + ' ' + new Date().toLocaleTimeString(
				document.documentElement.lang, { timeStyle: 'short' });
	}
	function ask() {
		var news = document.getElementById('news'), main = document.getElementById('main');
		function later() { setTimeout(ask, every); }
		if (!news)
			return;
		if (document.hidden || document.querySelector('[data-poll]')) {
			later();
			return;
		}
		fetch(news.dataset.from).then(function (r) {
			return r.ok ? r.text() : null;
		}).then(function (said) {
			if (said === 'locked')
				location.reload();
			if (said === null || said === 'locked')
				return null;
			if (said === news.dataset.news || busy(main)) {
				later();
				return null;
			}
			return fetch(location.href, { headers: { 'X-Chancery-By-Itself': '1' } }).then(function (r) {
				return r.redirected ? location.reload() : r.text();
			}).then(function (text) {
				if (text && document.getElementById('news') === news && !busy(main))
					put(text);
				later();
			});
		}).catch(later);
	}
	setTimeout(ask, every);
})();

// Single keys, listed under Help and switched off there: / g j k ?. Never while somebody writes.
(function () {
	var to = { t: 'talks', d: 'drafts', o: 'outbox', r: 'register', k: 'keys', s: 'search', h: 'help' };
	var rows = '.needs li, .cards li, .timeline > li, .results > li', went = 0;
	function go(path) {
		var home = location.pathname.match(/^\/h\/\d+\//);
		var own = document.querySelector('.mast nav a[href$="/' + path.split('/')[0] + '"]');
		if (home && (own || path.slice(0, 5) === 'help/'))
			location.assign(home[0] + path);
	}
	function row(step) {
		var all = Array.prototype.slice.call(document.querySelectorAll(rows));
		var now = all.findIndex(function (e) { return e.contains(document.activeElement); });
		var next = all[now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step];
		var link = next && next.querySelector('h3 a, a');
		if (link) {
			link.focus();
			next.scrollIntoView({ block: 'nearest' });
		}
	}
	document.addEventListener('keydown', function (e) {
		var writes = e.target.closest && e.target.closest('input, textarea, select, [contenteditable]');
		var second = Date.now() - went < 1500;
		if (!document.body.dataset.keys || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || writes)
			return;
		went = 0;
		if (second && to[e.key]) {
			go(to[e.key]);
		} else if (e.key === 'g') {
			went = Date.now();
			return;
		} else if (e.key === '/') {
			if (document.getElementById('q'))
				document.getElementById('q').focus();
			else
				go('search');
		} else if (e.key === 'j' || e.key === 'k') {
			row(e.key === 'j' ? 1 : -1);
		} else if (e.key === '?') {
			go('help/keyboard');
		} else {
			return;
		}
		e.preventDefault();
	});
})();
