"""Arrays -> arrays that this study alone needs: no words, no results, no engine."""
