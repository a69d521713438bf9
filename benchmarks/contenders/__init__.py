"""Programs that fetch the same site as `mirror`, each in its own way.

Each is a file that knows nothing of the others or of `mirror`, so that it runs in an environment
of its own: `python FILE URL FOLDER` reads all posts, pages, media, terms and users of the site,
keeps them below the folder, and prints `{"posts": …, "seconds": …}`. The clock starts when its
libraries are loaded and stops when everything is on disk.
"""
