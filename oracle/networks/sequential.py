"""Perceptrons and recurrent networks."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BatchNormMlp(nn.Module):
    """Linear layers with BatchNorm1d and dropout; running statistics as in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(12, 16),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(16, 10, bias=False),
            nn.BatchNorm1d(10),
            nn.Tanh(),
            nn.Linear(10, 4),
        )

    def forward(self, features: Tensor) -> Tensor:
        return self.layers(features)


class PlainMlp(nn.Module):
    """Two hidden layers; log-probabilities out."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(10, 14)
        self.fc2 = nn.Linear(14, 9)
        self.out = nn.Linear(9, 4)

    def forward(self, features: Tensor) -> Tensor:
        x = torch.sigmoid(self.fc1(features))
        return F.log_softmax(self.out(F.gelu(self.fc2(x), approximate="tanh")), dim=-1)


class LossInside(nn.Module):
    """A perceptron that returns its own loss: mean squared error with a penalty on its output."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(6, 8)
        self.output = nn.Linear(8, 3)

    def forward(self, features: Tensor, wanted: Tensor) -> Tensor:
        found = self.output(torch.tanh(self.hidden(features)))
        return F.mse_loss(found, wanted) + 0.125 * found.pow(2).mean().sqrt()


class LstmClassifier(nn.Module):
    """Embedded symbols through a bidirectional LSTM of two layers; the last step is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(9, 5)
        self.lstm = nn.LSTM(5, 4, num_layers=2, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(8, 3)

    def forward(self, symbols: Tensor) -> Tensor:
        states, _ = self.lstm(self.embedding(symbols))
        return self.classifier(states[:, -1])


class GruClassifier(nn.Module):
    """A GRU over real-valued steps; the mean of its states decides yes or no."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(3, 6, num_layers=2, batch_first=True)
        self.output = nn.Linear(6, 1)

    def forward(self, steps: Tensor) -> Tensor:
        states, _ = self.gru(steps)
        return self.output(states.mean(1)).squeeze(-1)
