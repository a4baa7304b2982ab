"""Small networks in plain PyTorch, none of them in hesscope's zoo, to be exported to ONNX."""
