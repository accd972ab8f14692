/* Draws the API's document with Swagger UI, from our own files and without asking anything of another host. */
(function () {
  "use strict";

  var place = document.getElementById("swagger-ui");
  window.SwaggerUIBundle({
    url: place.dataset.spec,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null
  });
})();
