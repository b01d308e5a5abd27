"""The settings of the mail server that tests start."""

from pathlib import Path
from pwd import getpwnam

DOMAINS = "shop.test customers.test"


def postfix_main(folder: Path, refusing_port: int) -> str:
    """Postfix: mailboxes of a few domains, plus-addresses, bounces for one domain, and nothing for the world."""
    mail = getpwnam("mail")
    return f"""
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/lib
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
message_size_limit = 40000000
virtual_mailbox_domains = {DOMAINS}
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = hash:{folder}/mailboxes
virtual_mailbox_limit = 0
virtual_uid_maps = static:{mail.pw_uid}
virtual_gid_maps = static:{mail.pw_gid}
virtual_minimum_uid = 1
relay_domains = bounces.test
transport_maps = inline:{{ {{ bounces.test = smtp:[127.0.0.1]:{refusing_port} }} }}
default_transport = error:5.4.4 This server sends nothing outside
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/tls/server.crt
smtpd_tls_key_file = {folder}/tls/server.key
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_client_connection_count_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""


def postfix_master(smtp_port: int, submission_port: int, refusing_port: int) -> str:
    """Postfix's programs, none of them in a chroot, and a port each for delivery, submission and refusing."""
    return f"""
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_security_level=encrypt
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{refusing_port} inet n - n - - smtpd
  -o myhostname=far.test
  -o {{ smtpd_recipient_restrictions = check_recipient_access static:{{550 5.1.1 There is no such mailbox here}} }}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def dovecot_conf(folder: Path, password: str, imap_port: int, imaps_port: int) -> str:
    """Dovecot: IMAP plain and with TLS over the same mailboxes, and passwords for Postfix."""
    mail = getpwnam("mail")
    return f"""
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
mail_location = maildir:{folder}/mail/%u
mail_uid = {mail.pw_uid}
mail_gid = {mail.pw_gid}
first_valid_uid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{folder}/tls/server.crt
ssl_key = <{folder}/tls/server.key
mailbox_list_index = no
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail.pw_uid} gid={mail.pw_gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap_port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps_port}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {folder}/queue/private/auth {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""
