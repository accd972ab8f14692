"""The API shell: OpenAPI document, bearer token check, error envelope, version tags, paging, fields."""
