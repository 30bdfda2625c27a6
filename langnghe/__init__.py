"""Lắng Nghe: listen to what people say in public, and answer."""
