"""The page shell: navigation, French formats, forms, error pages, HTMX glue, security headers."""
