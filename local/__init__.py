"""The pipeline on a laptop: `./dev local` and the local cloud that it deploys to. Nothing here is deployed to AWS."""
