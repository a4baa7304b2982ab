"""The networks of the paper, written in plain PyTorch."""
