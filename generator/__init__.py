"""gatepost: mail-port firewall rules for a cloud connector, from one YAML file, proved by packets."""

__version__ = "0.1.0"
