"""Read rows for lists, pages and reports: one file a page; a query is data with one `answer`."""
