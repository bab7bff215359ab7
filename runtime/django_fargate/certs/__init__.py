"""The certificates that RDS servers are signed with, of every region; `make rds-ca` fetches them.

https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
"""

from pathlib import Path

RDS_BUNDLE = Path(__file__).resolve().parent / "rds-global-bundle.pem"
