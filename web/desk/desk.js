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
