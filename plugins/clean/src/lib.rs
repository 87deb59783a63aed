//! The stage `clean`: removes what a news site leaves around an article.
