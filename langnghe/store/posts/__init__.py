"""Posts: one interface (`interface.PostStore`), and the engines that fulfil it."""
