"""Common needs: themes found in what people ask for, and what people decided about them."""
