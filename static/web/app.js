/* What HTML alone cannot do: say what changed, give the focus back, tell a failure, refuse a second click.
   Every page works without it. */
(function () {
  "use strict";

  var returnTo = null;

  function byId(id) {
    return document.getElementById(id);
  }

  function announce(text) {
    var region = byId("announcer");
    region.textContent = "";
    // A live region that receives the same words twice is silent the second time unless it was empty in between.
    window.setTimeout(function () { region.textContent = text; }, 60);
  }

  function focusOn(element) {
    if (element) {
      element.focus({ preventScroll: false });
    }
  }

  // tracker.web.htmx.respond() adds {"announce": {"text": "…"}} to HX-Trigger.
  document.addEventListener("announce", function (event) {
    announce(event.detail.text);
  });

  // -- focus: an open row takes it by autofocus; once closed it goes back to the link that opened it ---------------
  document.addEventListener("htmx:beforeRequest", function (event) {
    var element = event.detail.elt;
    returnTo = element.getAttribute("data-back") || element.id || null;
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    var target = event.detail.target;
    if (!target || target.id !== "content" || target.querySelector("[autofocus]")) {
      return;
    }
    if (document.activeElement && document.activeElement !== document.body) {
      return;
    }
    // A form's id, or that of a link that is gone, takes no focus: the content then does, and reading goes on there.
    focusOn(returnTo && byId(returnTo));
    if (document.activeElement === document.body) {
      focusOn(byId("content"));
    }
  });

  // -- filters: an address one can mail around says only what was chosen -------------------------------------------
  document.addEventListener("htmx:configRequest", function (event) {
    var parameters = event.detail.parameters;
    if (event.detail.elt.matches(".filters")) {
      Object.keys(parameters).forEach(function (name) {
        if (parameters[name] === "") {
          delete parameters[name];
        }
      });
    }
  });

  // -- failures: the error page's sentence comes into #messages, the content and the typing stay --------------------
  // A 409 or 422 with a form is swapped like any answer; the error page is not, whatever its status.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status < 400) {
      return;
    }
    if (event.detail.serverResponse.includes('class="failure')) {
      event.detail.shouldSwap = true;
      event.detail.isError = false; // told in the page, not in the console
      event.detail.target = byId("messages");
      event.detail.selectOverride = ".failure";
      event.detail.swapOverride = "innerHTML";
      event.detail.ignoreTitle = true;
    } else if (!event.detail.shouldSwap) {
      event.detail.isError = false;
      unreachable(); // not our own page: a proxy in front of a server that is down
    }
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target && event.detail.target.id === "messages") {
      focusOn(document.querySelector("#messages .failure"));
    }
  });

  function unreachable() {
    byId("messages").replaceChildren(byId("unreachable").content.cloneNode(true));
    focusOn(document.querySelector("#messages .failure"));
  }

  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", unreachable);

  // -- a plain form is sent once; five seconds later a lost answer may be asked again -------------------------------
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) {
      return;
    }
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "");
    window.setTimeout(function () { form.removeAttribute("data-sent"); }, 5000);
  });

  // -- a table that fits is no stop for the keyboard ----------------------------------------------------------------
  function settleScrollers() {
    document.querySelectorAll(".table-wrap.scrolls").forEach(function (wrap) {
      if (wrap.scrollWidth > wrap.clientWidth) {
        wrap.setAttribute("tabindex", "0");
      } else {
        wrap.removeAttribute("tabindex");
      }
    });
  }

  window.addEventListener("resize", settleScrollers);
  document.addEventListener("htmx:afterSettle", settleScrollers);
  settleScrollers();
})();
