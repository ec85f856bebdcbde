#!/bin/sh
# Mails what check_rdp says: every problem, and what to do first. Icinga 2 sets the variables (rdprobe-mail.conf).
{
  printf '%s: %s (%s), %s is %s\n\n' "$RDP_TYPE" "$RDP_HOST" "$RDP_ADDRESS" "$RDP_SERVICE" "$RDP_STATE"
  printf '%s\n\n%s\n' "$RDP_OUTPUT" "$RDP_TIME"
} | "${RDP_MAILER:-mail}" -s "$RDP_STATE $RDP_HOST $RDP_SERVICE" "$RDP_TO"
