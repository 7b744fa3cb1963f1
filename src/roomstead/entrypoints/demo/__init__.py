"""The demo: a rehearsal tenant and Roomstead beside it, and the tour that plays the story by itself."""
